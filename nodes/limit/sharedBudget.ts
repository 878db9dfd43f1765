/**
 * One limit for all n8n processes: the runs of this process that use one account make their calls
 * under leases (leases.ts), which they share as fairly as they would a budget of their own.
 *
 * Short runs have leases apart from long ones, and long ones leave them the last places of the window:
 * so a single address from a webhook is not held up behind a list of 100,000.
 */
import type { Quota } from '../zoho/waits';
import {
	NOT_YOUR_TURN,
	wait,
	type Budget,
	type CallEnd,
	type Limits,
	type Refused,
	type Slot,
	type Start,
} from './budget';
import { Gate } from './gate';
import { Lane, type Means } from './lane';
import type { Slot as Place } from './lease';
import type { Leases, Step } from './leases';
import type { Store } from './leaseTable';

/** The part of the limit that is left to short runs, which want no more calls than that. */
const RESERVED = 0.01;
/** While the table is asked, so many ms are hardly longer than an answer takes. */
const SOON_MS = 20;

/** The places of a window that are left to short runs. */
function reservedOf({ callsPerWindow }: Limits): number {
	return Math.floor(RESERVED * callsPerWindow);
}

interface OpenCall {
	readonly leases: Leases;
	readonly places: readonly Place[];
}

export class SharedBudget {
	private readonly short: Lane;
	private readonly long: Lane;
	private readonly gate = new Gate();
	private readonly open = new Map<Slot, OpenCall>();
	/** Runs that wanted more than a few calls: they stay long to their end. */
	private readonly longRuns = new WeakSet<Limits>();
	private longestCallMs = 0;
	constructor(private readonly means: Means) {
		this.short = new Lane(true, means);
		this.long = new Lane(false, means);
	}

	/**
	 * What one run asks for its calls.
	 *
	 * @param store its way to the table
	 * @param longestCallMs after that every call of it has ended or was given up
	 */
	forRun(store: Store, longestCallMs: number): RunBudget {
		this.longestCallMs = Math.max(this.longestCallMs, longestCallMs);
		return new RunBudget(this, store);
	}

	join(run: Limits, now: number): void {
		for (const { turns } of this.lanes) {
			turns.forgetSilent(now);
			turns.join(run, now);
		}
	}

	leave(run: Limits): void {
		for (const { turns } of this.lanes) turns.leave(run);
	}

	tryStart(run: Limits, now: number, requests: number, left: number, store: Store): Start {
		for (const { turns } of this.lanes) turns.hear(run, now, 0, 1);
		const limits = this.keepToStrictest(now);
		if (left > Math.max(1, reservedOf(limits))) this.longRuns.add(run);
		const isLong = this.longRuns.has(run);
		const [mine, other] = isLong ? [this.long, this.short] : [this.short, this.long];
		const wanted = Math.min(requests, limits.callsPerWindow);
		mine.turns.hear(run, now, Math.max(left, wanted), wanted);
		other.turns.pass(run);
		const refused = this.gate.refuses(now);
		other.step(now, store, refused !== undefined);
		const step = mine.step(now, store, refused !== undefined);
		if (refused) return refused;

		const free = step.do === 'start' ? step.slots : 0;
		if (!mine.turns.take(run, free, wanted)) return this.refusal(mine, step, free >= wanted, now);
		const { leases } = mine;
		const slot = Symbol('slot');
		this.open.set(slot, {
			leases,
			places: Array.from({ length: wanted }, () => leases.start(now)!),
		});
		this.gate.start(slot);
		return { ok: true, slot };
	}

	/** Places that it took for requests which were not made are free at once. */
	end(slot: Slot, end: CallEnd, now: number, requests: number): void {
		const call = this.open.get(slot);
		if (!call) return;
		this.open.delete(slot);
		this.gate.end(slot, end, now);
		const { leases, places } = call;
		places.forEach((place, index) => {
			if (index >= requests) return leases.release(place);
			// What came on top of its places counts with the last of them.
			const isLast = index === places.length - 1;
			leases.end(place, now, isLast ? requests - index : 1);
		});
		if (typeof end === 'string') return;
		for (const { leases } of this.lanes) leases.locked(end.lockedForMs, now);
	}

	keepTo({ remaining, retryAfterMs }: Quota, now: number): void {
		if (remaining <= this.open.size) this.gate.close(now + retryAfterMs);
	}

	/** Tells the others what the runs of this process have not used, unless one of them is still there. */
	async settle(store: Store, mostMs: number): Promise<void> {
		const { now, sleep } = this.means;
		const until = now() + mostMs;
		while (this.short.turns.size === 0 && now() < until) {
			const steps = this.lanes.map((lane) => lane.step(now(), store));
			if (steps.every((step) => step.do === 'nothing')) return;
			await sleep(SOON_MS);
		}
	}

	private get lanes(): readonly Lane[] {
		return [this.short, this.long];
	}

	/** The strictest of the runs present holds for all. */
	private keepToStrictest(now: number): Limits {
		for (const { turns } of this.lanes) turns.forgetSilent(now);
		const strictest = this.short.turns.strictest();
		const limits = { ...strictest, longestCallMs: this.longestCallMs };
		this.short.leases.keepTo({ ...limits, reserved: 0 });
		this.long.leases.keepTo({ ...limits, reserved: reservedOf(strictest) });
		return strictest;
	}

	private refusal({ said }: Lane, step: Step, isFree: boolean, now: number): Refused {
		if (isFree) return NOT_YOUR_TURN;
		if (step.do !== 'wait' || step.why === 'turn') return { ...NOT_YOUR_TURN, waitMs: SOON_MS };
		const refused = wait(step.until - now, step.why);
		if (step.why !== 'store') return refused;
		const neverAnswered = this.lanes.every(({ hasAnswered }) => !hasAnswered);
		return { ...refused, said, neverAnswered };
	}
}

/** The shared budget, as one run sees it. */
export class RunBudget implements Budget {
	constructor(
		private readonly shared: SharedBudget,
		private readonly store: Store,
	) {}

	join({ callsPerWindow, windowMs }: Limits, now: number): Limits {
		const run = { callsPerWindow, windowMs };
		this.shared.join(run, now);
		return run;
	}

	leave(run: Limits): void {
		this.shared.leave(run);
	}

	tryStart(run: Limits, now: number, requests = 1, left = requests): Start {
		return this.shared.tryStart(run, now, requests, left, this.store);
	}

	end(slot: Slot, end: CallEnd, now: number, requests = 1): void {
		this.shared.end(slot, end, now, requests);
	}

	keepTo(quota: Quota, now: number): void {
		this.shared.keepTo(quota, now);
	}

	/** Nothing is to be learned where all is known. */
	learned(): undefined {
		return undefined;
	}

	async settle(mostMs: number): Promise<void> {
		await this.shared.settle(this.store, mostMs);
	}
}

const budgets = new Map<string, SharedBudget>();

/** The one that all runs of this process share for `key` (credential, host and table). */
export function sharedBudgetFor(key: string, means: Omit<Means, 'name'>): SharedBudget {
	const letters = () => means.random().toString(36).slice(2);
	const budget = budgets.get(key) ?? new SharedBudget({ ...means, name: letters() + letters() });
	budgets.set(key, budget);
	return budget;
}
