/** A clock that runs from event to event: an hour of it takes no time. */
export class FakeClock {
	private time = 5_000;
	private readonly events: Array<{ at: number; act: () => void }> = [];

	/** In ms. */
	readonly now = () => this.time;

	/** Has something happen so many ms from now; of two for one moment, the first set comes first. */
	after(ms: number, act: () => void): void {
		const at = this.time + ms;
		let place = this.events.length;
		while (place > 0 && this.events[place - 1]!.at > at) place--;
		this.events.splice(place, 0, { at, act });
	}

	/** Resolves so many ms from now. */
	readonly sleep = async (ms: number) => await new Promise<void>((wake) => this.after(ms, wake));

	/** The code under test is busy: time goes by, and what is due meanwhile happens late. */
	work(ms: number): void {
		this.time += ms;
	}

	/** Goes on to the next event. Returns false where there is none. */
	tick(): boolean {
		const event = this.events.shift();
		if (!event) return false;
		this.time = Math.max(this.time, event.at);
		event.act();
		return true;
	}
}
