import { Groups } from '../../nodes/ZohoCrmUnblockEmail/groups';
import { UnblockPlan, type Call } from '../../nodes/ZohoCrmUnblockEmail/plan';
import type { Reply } from '../../nodes/zoho/reply';
import type { Settle } from './isolation';

/** A call with a bad record is refused as a whole; which one it was for is said, or is not. */
function replyTo(ids: readonly string[], isBad: (id: string) => boolean, named: boolean): Reply {
	const first = ids.findIndex(isBad);
	const body =
		first < 0
			? { data: ids.map((id) => ({ code: 'SUCCESS', details: { id }, message: 'Done' })) }
			: {
					code: 'NOT_ALLOWED',
					message: 'Cannot unblock, Email is blocked permanently',
					details: named ? { json_path: `$.ids[${first}]` } : {},
				};
	return { httpStatus: first < 0 ? 200 : 400, headers: {}, body: JSON.stringify(body) };
}

/**
 * Settles the records of a list with the plan of the node, on a clock that stands still. Throws where
 * a record did not come to its own outcome.
 */
export const callsThroughPlan: Settle = (records, isBad, { slots, named = false }, next) => {
	const settings = {
		batchSize: 500,
		batchInterval: 0,
		maxParallelRequests: slots,
		maxRetries: 0,
		retryDelay: 0,
		alreadyUnblocked: 'success',
		stopAtFailure: false,
	} as const;
	const groups = new Groups(settings);
	const group = groups.of({ module: 'Leads', unblockFields: ['Email'] });
	const plan = new UnblockPlan(settings, groups);
	for (let i = 0; i < records; i++) plan.add(group, String(i));
	plan.close();
	const inFlight: Call[] = [];
	for (let todo = plan.next(0); todo.do !== 'done'; todo = plan.next(0)) {
		if (todo.do === 'send') {
			inFlight.push(todo.call);
			continue;
		}
		const [call] = inFlight.splice(Math.floor(next() * inFlight.length), 1);
		if (!call) throw new Error('The plan waits for nothing');
		const reply = replyTo(call.batch.ids, (id) => isBad(Number(id)), named);
		plan.take(call, { reply, requests: 1 }, 0);
	}
	for (let i = 0; i < records; i++) {
		const outcome = group.outcomes.get(String(i));
		const isFound = outcome !== undefined && 'reason' in outcome;
		if (outcome === undefined || isFound !== isBad(i)) throw new Error(`Record ${i} is untold`);
	}
	return plan.outbox.requests;
};
