/** What is to be done from a moment on, the earliest first. Pure. */
export class WaitingList<T> {
	private readonly entries: Array<{ task: T; from: number }> = [];

	get size(): number {
		return this.entries.length;
	}

	/** When the first is due; undefined where nothing waits. */
	get firstAt(): number | undefined {
		return this.entries[0]?.from;
	}

	/** Of two for the same moment, the one that was added first comes first. */
	add(task: T, from: number): void {
		let place = this.entries.length;
		while (place > 0 && this.entries[place - 1]!.from > from) place--;
		this.entries.splice(place, 0, { task, from });
	}

	/** Takes out the first, if it is due. */
	takeDue(now: number): T | undefined {
		const [first] = this.entries;
		return first && first.from <= now ? this.entries.shift()!.task : undefined;
	}

	clear(): T[] {
		return this.entries.splice(0).map(({ task }) => task);
	}
}
