/** Plays plans in virtual time: by a loop as simple as can be, or by the driver of the nodes. */
import { drive, ourFault } from '../../../nodes/run/driver';
import type { Plan } from '../../../nodes/run/plan';
import { failure } from '../../../nodes/zoho/failures';
import type { Answer } from '../../../nodes/zoho/reply';
import type { FakeClock } from '../clock';
import type { Settle } from './network';

export type Back = Pick<Settle, 'answer' | 'fail'>;

export interface Play<Call extends object> {
	plan: Plan<Call>;
	send: (call: Call, back: Back) => void;
	timeoutMs: number;
	/** The input: each reads one item into the plan. */
	items: Array<() => void>;
	/** How long it takes to read one, in ms. */
	readMs: number;
	/** Reads so many items at a time; by the driver it is as many as fit in its time. */
	chunk: number;
	/** Told once all items are read, before the plan is. */
	allRead: () => void;
	/** When it begins, in ms from now, and when the execution is cancelled, in ms from there on. */
	startAfter: number;
	cancelAfter: number | undefined;
	/** Told how it ended. */
	ended: (isWhole: boolean, error?: unknown) => void;
}

/** So many events, and whoever is not at the end by then never will be. */
const ENDLESS = 200_000;

/** Plays until nothing is left to happen, late calls included. */
export async function play<Call extends object>(
	clock: FakeClock,
	plays: Array<Play<Call>>,
	by: 'hand' | 'driver',
): Promise<void> {
	let running = plays.length;
	for (const one of plays) {
		const ended = (isWhole: boolean, error?: unknown) => {
			running--;
			one.ended(isWhole, error);
		};
		clock.after(one.startAfter, () => {
			if (by === 'hand') new Hand(clock, { ...one, ended }).start();
			else playByDriver(clock, one, ended);
		});
	}
	for (let events = 0; events < ENDLESS; events++) {
		if (by === 'driver' && running > 0) await promisesToSettle();
		if (!clock.tick()) {
			if (running > 0) throw new Error('A plan waits for what never comes');
			return;
		}
	}
	throw new Error('A plan never ends');
}

const promisesToSettle = async () => await new Promise((resolve) => setImmediate(resolve));

function playByDriver<Call extends object>(
	clock: FakeClock,
	{ plan, send, timeoutMs, items, readMs, cancelAfter = Infinity, allRead }: Play<Call>,
	ended: (isWhole: boolean, error?: unknown) => void,
): void {
	const cancelAt = clock.now() + cancelAfter;
	const read = (until: number) => {
		while (items.length > 0) {
			items.shift()?.();
			clock.work(readMs);
			if (clock.now() >= until) break;
		}
		if (items.length === 0) allRead();
		return items.length > 0;
	};
	drive(
		plan,
		{
			send: async (call) =>
				await new Promise<Answer>((answer, fail) => send(call, { answer, fail })),
			timeoutMs,
			read,
		},
		{
			now: clock.now,
			sleep: clock.sleep,
			isCancelled: () => clock.now() >= cancelAt,
			log: () => {},
		},
	).then(
		(isWhole) => ended(isWhole),
		(error: unknown) => ended(false, error),
	);
}

/** The plainest player: it asks when it was told to, and reads a chunk whenever there is time. */
class Hand<Call extends object> {
	private isOver = false;
	private asked = 0;
	private readonly open = new Set<Call>();

	constructor(
		private readonly clock: FakeClock,
		private readonly play: Play<Call>,
	) {}

	start(): void {
		const { cancelAfter } = this.play;
		if (cancelAfter !== undefined) this.clock.after(cancelAfter, () => this.end(false));
		if (this.play.items.length === 0) this.read();
		this.ask();
	}

	private ask(): void {
		this.asked++;
		for (;;) {
			if (this.isOver) return;
			const next = this.play.plan.next(this.clock.now());
			if (next.do === 'done') return this.end(true);
			if (next.do === 'send') {
				this.send(next.call);
			} else if (this.play.items.length > 0) {
				this.read();
				return this.askAfter(0);
			} else if (next.do === 'wait') {
				return this.askAfter(Math.max(0, next.until - this.clock.now()));
			} else if (this.open.size === 0) {
				throw new Error('The plan waits for an answer, and no call is open');
			} else {
				return;
			}
		}
	}

	/** Asks again, unless something else asks before. */
	private askAfter(ms: number): void {
		const { asked } = this;
		this.clock.after(ms, () => {
			if (asked === this.asked) this.ask();
		});
	}

	private read(): void {
		const { items, chunk, readMs, plan, allRead } = this.play;
		for (const item of items.splice(0, chunk)) {
			item();
			this.clock.work(readMs);
		}
		if (items.length > 0) return;
		allRead();
		plan.close();
	}

	private send(call: Call): void {
		this.open.add(call);
		const take = (answer: Answer) => {
			if (this.isOver || !this.open.delete(call)) return;
			this.play.plan.take(call, answer, this.clock.now());
			this.ask();
		};
		this.clock.after(this.play.timeoutMs, () => take(GIVEN_UP));
		this.play.send(call, {
			answer: take,
			fail: (error) => take({ reply: ourFault(error), requests: 1 }),
		});
	}

	private end(isWhole: boolean): void {
		if (this.isOver) return;
		this.isOver = true;
		this.play.ended(isWhole);
	}
}

const GIVEN_UP: Answer = {
	reply: failure('networkError', { code: 'ETIMEDOUT', message: 'No reply came in time.' }),
	requests: 1,
};
