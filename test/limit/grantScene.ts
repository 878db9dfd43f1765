/** A claim and the rows of others, for tests of what it is granted. */
import { grant, type Claim, type Verdict } from '../../nodes/limit/grant';
import type { Row } from '../../nodes/limit/leaseTable';
import type { Limits } from '../../nodes/limit/slot';

/** When the claim was inserted, by the database's clock, and so long rows matter after a last call. */
export const INSERTED = 1_000_000;
const MATTERS_MS = 300_302;

export const LIMITS: Limits = { callsPerWindow: 100, windowMs: 300_000, longestCallMs: 60_000 };

export const row = (id: number, given: Partial<Row> = {}): Row => ({
	id,
	createdAt: INSERTED,
	claim: `holder${id} ${id}`,
	state: 'open',
	isShort: false,
	calls: 100,
	endsAfterMs: 90_092,
	...given,
});

let nextId = 100;
/** Calls that come free so many ms after the claim was inserted. */
export const closed = (calls: number, freeAfterMs: number, given: Partial<Row> = {}): Row => {
	const createdAt = INSERTED + freeAfterMs - MATTERS_MS;
	return row(nextId++, { state: 'closed', createdAt, calls, endsAfterMs: 0, ...given });
};
/** The claim of another process, this much younger than the own one. */
export const rival = (youngerByMs: number, given: Partial<Row> = {}): Row =>
	row(nextId++, { createdAt: INSERTED + youngerByMs, ...given });
export const lock = (endsAfterMs: number): Row =>
	row(nextId++, { state: 'lock', calls: 0, endsAfterMs });

interface Given extends Partial<Omit<Claim, 'own'>> {
	own?: Partial<Row>;
	limits?: Partial<Limits>;
	dice?: number;
}

/** A claim for 50 calls with a round trip of 100 ms. */
export function verdictOn(
	others: readonly Row[],
	{ own, limits, dice = 0.5, ...given }: Given = {},
): Verdict {
	const claim: Claim = {
		own: row(5, { claim: 'me 1', calls: 50, ...own }),
		short: 0,
		least: 1,
		sentAt: 0,
		answeredAt: 100,
		contended: 0,
		...given,
	};
	return grant(claim, [claim.own, ...others], { ...LIMITS, ...limits }, dice);
}
