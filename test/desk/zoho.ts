/** A Zoho account behind our node, with its limit, as the desk sees it: what came of each address. */
import type { IDataObject } from 'n8n-workflow';

const BUDGET = 490;
const WINDOW_MS = 300_000;
const PARALLEL = 5;

/** What can go wrong at Zoho, or on the way there. */
export interface Troubles {
	/** ms for one call. */
	latencyMs: number;
	/** Of every so many calls, one reply is lost although the address was moved; 0 for none. */
	lostReplies: number;
	/** Addresses that Zoho fails at, always. */
	poison: (address: string) => boolean;
	/** What every call is refused for at a moment, and until when, if so. */
	refusal: (now: number) => { reason: string; until?: number } | undefined;
}

export class Account {
	/** Address -> how often a call named it. */
	readonly calls = new Map<string, number>();
	/** The registry: addresses in lower case. */
	readonly moved = new Set<string>();
	readonly figures = { calls: 0, mostInWindow: 0 };
	/** Of calls that still count: how many, and when the last of them ended. */
	private leases: Array<{ calls: number; end: number }> = [];

	constructor(private readonly troubles: Troubles) {}

	/**
	 * What our node gives, set to fail at the limit: successes, and failures as n8n hands them on.
	 *
	 * @param half whether it is killed when half of them are sent
	 * @returns also how many ms it took
	 */
	move(items: readonly IDataObject[], now: number, half: boolean) {
		const free = BUDGET - this.inWindow(now);
		const lease = { calls: 0, end: now };
		this.leases.push(lease);
		const done: IDataObject[] = [];
		const failed: IDataObject[] = [];
		const seen = new Map<string, IDataObject>();
		for (const item of items) {
			const address = String(item.address);
			const result =
				seen.get(address.toLowerCase()) ??
				this.one(address, now, lease.calls < free ? lease : undefined);
			seen.set(address.toLowerCase(), result);
			if ('status' in result) done.push({ email: address, ...result });
			else failed.push({ ...item, error: { email: address, ...result } });
			if (half && lease.calls >= items.length / 2) break;
		}
		const tookMs = Math.ceil(lease.calls / PARALLEL) * this.troubles.latencyMs;
		lease.end = now + tookMs;
		this.figures.mostInWindow = Math.max(this.figures.mostInWindow, this.inWindow(lease.end));
		return { done, failed, tookMs };
	}

	/** @param lease what the call counts for; none where the limit is used up */
	private one(address: string, now: number, lease: { calls: number } | undefined): IDataObject {
		if (!address.includes('@')) {
			// The real message holds the address, too.
			return { ...failureOf('invalidEmail', false), message: `"${address}" has no @.` };
		}
		const refusal = this.troubles.refusal(now);
		if (refusal) {
			const retryAt = refusal.until === undefined ? {} : { retryAt: iso(refusal.until) };
			return { ...failureOf(refusal.reason, isPassing(refusal.reason)), ...retryAt };
		}
		if (!lease) return { ...failureOf('rateLimited', true), retryAt: this.freeAt(now) };
		lease.calls++;
		this.figures.calls++;
		this.calls.set(address, (this.calls.get(address) ?? 0) + 1);
		return this.answer(address);
	}

	private answer(address: string): IDataObject {
		if (this.troubles.poison(address)) return failureOf('serverError', true);
		const wasThere = this.moved.has(address.toLowerCase());
		this.moved.add(address.toLowerCase());
		const { lostReplies } = this.troubles;
		if (lostReplies > 0 && this.figures.calls % lostReplies === 0) {
			return failureOf('networkError', true);
		}
		return { status: wasThere ? 'alreadyInDoNotMail' : 'moved', code: '0', message: 'said' };
	}

	private inWindow(now: number): number {
		this.leases = this.leases.filter(({ end }) => end > now - WINDOW_MS);
		return this.leases.reduce((sum, { calls }) => sum + calls, 0);
	}

	private freeAt(now: number): string {
		const [first] = this.leases.filter(({ calls }) => calls > 0);
		return iso((first?.end ?? now) + WINDOW_MS);
	}
}

const iso = (ms: number) => new Date(ms).toISOString();
const isPassing = (reason: string) =>
	['rateLimited', 'networkError', 'serverError'].includes(reason);
const failureOf = (reason: string, retryable: boolean): IDataObject => ({
	reason,
	retryable,
	message: `It failed: ${reason}`,
	resolution: `Mend it: ${reason}`,
});
