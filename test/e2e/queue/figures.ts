import type { ReceivedRequest } from '../../fake-zoho';
import { budgetOf, type Account } from './account';
import { listOfCall, type Ended } from './lists';

/** A call as the embedded Zoho saw it. */
export interface Arrival {
	/** s after the first call of the scene. */
	at: number;
	/** The worker that sent it; undefined where its list is not among those that were asked about. */
	worker: string | undefined;
	/** The limit or the lock refused it. */
	refused: boolean;
}

/** What the embedded Zoho saw of a scene. */
export interface Figures {
	calls: number;
	/** Calls that the limit or the lock refused. */
	refused: number;
	/** How many times the lock fell. */
	locks: number;
	/** s from the first call's arrival to the last one's. */
	seconds: number;
	/** s; the least that the budget allows for the calls that were let in: whole windows but the last. */
	best: number;
	lists: Ended[];
	arrivals: Arrival[];
}

/** Takes the figures of an account on which nothing runs any more. */
export function figuresOf({ zoho }: Account, lists: Ended[]): Figures {
	const calls = zoho.calls('doNotMail');
	const first = calls[0]?.at ?? 0;
	const workers = new Map(lists.map(({ name, worker }) => [name, worker]));
	const arrivals = calls.map((call) => ({
		at: (call.at - first) / 1000,
		worker: workers.get(listOfCall(call) ?? ''),
		refused: isRefused(call),
	}));
	const { refusedCalls, locks, limit } = zoho.campaigns;
	const windows = Math.ceil((calls.length - refusedCalls) / budgetOf(limit));
	return {
		calls: calls.length,
		refused: refusedCalls,
		locks,
		seconds: arrivals.at(-1)?.at ?? 0,
		best: ((windows - 1) * limit.windowMs) / 1000,
		lists,
		arrivals,
	};
}

/** The throttle answers with HTTP 400, and nothing else does unless a test asks for it. */
function isRefused({ status }: ReceivedRequest): boolean {
	return status === 400;
}

/** The calls that arrived in each stretch of `seconds`, by worker; stretches without any are left out. */
export function arrivalsByTime(
	{ arrivals }: Figures,
	seconds: number,
): Array<{ from: number; calls: Record<string, number>; refused: number }> {
	const stretchOf = ({ at }: Arrival) => Math.floor(at / seconds);
	return [...new Set(arrivals.map(stretchOf))].map((index) => {
		const inside = arrivals.filter((arrival) => stretchOf(arrival) === index);
		const calls: Record<string, number> = {};
		for (const { worker = 'others' } of inside) calls[worker] = (calls[worker] ?? 0) + 1;
		const refused = inside.filter((arrival) => arrival.refused).length;
		return { from: index * seconds, calls, refused };
	});
}
