/** A claim and the rows of others, for tests of what it comes to. */
import { judge, type Claim, type LeaseLimits, type Verdict } from '../../nodes/limit/claim';
import type { Row } from '../../nodes/limit/leaseTable';

/** When the claim was inserted, by the database's clock, and so long rows matter after a last call. */
export const INSERTED = 1_000_000;
const MATTERS_MS = 300_302;

export const LIMITS: LeaseLimits = {
	callsPerWindow: 100,
	reserved: 0,
	windowMs: 300_000,
	longestCallMs: 60_000,
};

/** A claim for 50 calls with a round trip of 100 ms, judged as soon as it is answered. */
export const CLAIM: Claim = {
	id: 5,
	calls: 50,
	least: 1,
	sentAt: 0,
	answeredAt: 100,
	yields: 0,
	hasStayed: false,
};

export const row = (id: number, given: Partial<Row>): Row => ({
	id,
	createdAt: INSERTED,
	holder: `holder ${id}`,
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

interface Given extends Partial<Claim> {
	limits?: Partial<LeaseLimits>;
	dice?: number;
}

export function verdictOn(
	others: readonly Row[],
	{ limits, dice = 0.5, ...given }: Given = {},
): Verdict {
	const claim = { ...CLAIM, ...given };
	const own = row(claim.id, { holder: 'me', calls: claim.calls });
	const all = { ...LIMITS, ...limits };
	return judge(claim, [own, ...others], all, claim.answeredAt, () => dice);
}
