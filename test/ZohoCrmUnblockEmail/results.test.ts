import { Groups } from '../../nodes/ZohoCrmUnblockEmail/groups';
import { UnblockPlan } from '../../nodes/ZohoCrmUnblockEmail/plan';
import { RecordList } from '../../nodes/ZohoCrmUnblockEmail/records';
import { resultsOf } from '../../nodes/ZohoCrmUnblockEmail/results';
import { failure, unsent } from '../../nodes/zoho/failures';
import type { Answer } from '../../nodes/zoho/reply';

const SETTINGS = {
	batchSize: 1,
	batchInterval: 0,
	maxParallelRequests: 1,
	alreadyUnblocked: 'error',
	maxRetries: 0,
	retryDelay: 0,
	stopAtFailure: false,
} as const;

/** The results of items that name records of Leads, where the first call gets this answer. */
function resultsAfter(recordIds: string[], reply: Answer['reply']) {
	const groups = new Groups(SETTINGS);
	const plan = new UnblockPlan(SETTINGS, groups);
	const list = new RecordList((group, id) => plan.add(group, id), groups);
	recordIds.forEach((ids, item) =>
		list.add(item, { recordIds: ids, module: 'Leads', unblockFields: ['Email'] }),
	);
	plan.close();
	const next = plan.next(0);
	if (next.do !== 'send') throw new Error('There is a record to send');
	plan.take(next.call, { reply, requests: 1 }, 0);
	return [...resultsOf(list.named, unsent(plan.outbox.abortedFor))].map((result) =>
		'failure' in result
			? [result.item, result.subject, result.failure.reason]
			: [result.item, result.success],
	);
}

describe('the results', () => {
	it('go back to every item that named the record, in input order; the rest is unsent', () => {
		const done = { code: 'SUCCESS', message: 'Done', details: { id: '11' } };
		const results = resultsAfter(['11,x', '12', '11'], {
			httpStatus: 200,
			headers: {},
			body: JSON.stringify({ data: [done] }),
		});

		const success = {
			id: '11',
			module: 'Leads',
			fields: ['Email'],
			status: 'unblocked',
			code: 'SUCCESS',
			message: 'Done',
		};
		expect(results).toEqual([
			[0, success],
			[0, { id: 'x', module: 'Leads', fields: ['Email'] }, 'invalidRecordId'],
			[1, { id: '12', module: 'Leads', fields: ['Email'] }, 'notAttempted'],
			[2, success],
		]);
	});

	it('of records that were not sent name what their module was refused for', () => {
		const refusal = failure('invalidModule', { message: 'No such module.' });

		expect(resultsAfter(['11', '12'], refusal)).toEqual([
			[0, { id: '11', module: 'Leads', fields: ['Email'] }, 'invalidModule'],
			[1, { id: '12', module: 'Leads', fields: ['Email'] }, 'invalidModule'],
		]);
	});
});
