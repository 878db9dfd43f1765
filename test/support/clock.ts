/** A clock that runs from event to event: an hour of it takes no time. */
export class FakeClock {
	/** The latest first; of two for one moment, the one that was set last. */
	private readonly events: Array<{ at: number; act: () => void }> = [];

	/** @param time what it shows at the beginning, in ms */
	constructor(private time = 0) {}

	/** In ms. */
	readonly now = () => this.time;

	/** Has something happen so many ms from now; of two for one moment, the first set comes first. */
	readonly after = (ms: number, act: () => void): void => {
		const at = this.time + ms;
		let [place, end] = [0, this.events.length];
		while (place < end) {
			const middle = (place + end) >> 1;
			if (this.events[middle]!.at <= at) end = middle;
			else place = middle + 1;
		}
		this.events.splice(place, 0, { at, act });
	};

	/** Resolves so many ms from now. */
	readonly sleep = async (ms: number) => await new Promise<void>((wake) => this.after(ms, wake));

	/** The code under test is busy: time goes by, and what is due meanwhile happens late. */
	work(ms: number): void {
		this.time += ms;
	}

	/** Goes on to the next event. Returns false where there is none. */
	tick(): boolean {
		const event = this.events.pop();
		if (!event) return false;
		this.time = Math.max(this.time, event.at);
		event.act();
		return true;
	}

	/** Plays until nothing more can happen, or the time is up. */
	play(until = Infinity): void {
		while ((this.events.at(-1)?.at ?? Infinity) <= until && this.tick());
	}
}
