import { Groups } from '../../nodes/ZohoCrmUnblockEmail/groups';
import { UnblockPlan } from '../../nodes/ZohoCrmUnblockEmail/plan';
import { isFailure } from '../../nodes/zoho/failures';
import type { Reply } from '../../nodes/zoho/reply';

/** Scenes that a fresh pair of eyes has found, played call by call: one at a time, in virtual time. */

function play(count: number, answer: (ids: readonly string[]) => Partial<Reply>) {
	const settings = {
		batchSize: 500,
		batchInterval: 0,
		maxParallelRequests: 1,
		maxRetries: 3,
		retryDelay: 0,
		alreadyUnblocked: 'success',
		stopAtFailure: false,
	} as const;
	const groups = new Groups(settings);
	const group = groups.of({ module: 'Leads', unblockFields: ['Email'] });
	const plan = new UnblockPlan(settings, groups);
	const ids = Array.from({ length: count }, (_, i) => String(1_000_000 + i));
	for (const id of ids) plan.add(group, id);
	plan.close();
	let calls = 0;
	for (let now = 0; ; now++) {
		const next = plan.next(now);
		if (next.do === 'done') break;
		if (next.do !== 'send') continue;
		calls++;
		const reply = { httpStatus: 200, headers: {}, body: '', ...answer(next.call.batch.ids) };
		plan.take(next.call, { reply, requests: 1 }, now);
	}
	plan.finish();
	const done = ids.filter((id) => {
		const outcome = group.outcomes.get(id);
		return outcome && !isFailure(outcome);
	});
	return { calls, done: done.length, plan };
}

const told = (ids: readonly string[]) => ({
	body: JSON.stringify({ data: ids.map((id) => ({ code: 'SUCCESS', details: { id } })) }),
});
const refusal = { code: 'NO_PERMISSION', message: 'permission denied', details: {} };

it('gives no group up for a stretch of bad records, once a call of it was let in', () => {
	const isBad = (id: string) => Number(id) >= 1_000_500 && Number(id) < 1_001_000;
	const { done, calls } = play(3000, (ids) =>
		ids.some(isBad) ? { httpStatus: 403, body: JSON.stringify(refusal) } : told(ids),
	);

	expect(done).toBe(2500);
	expect(calls).toBeLessThan(700);
});

it('learns of a refusal of all from an entry that names nobody, too', () => {
	const { calls } = play(3000, () => ({
		httpStatus: 403,
		body: JSON.stringify({ data: [refusal] }),
	}));

	expect(calls).toBeLessThanOrEqual(4);
});

it('takes a place among the fields for no record', () => {
	const details = { json_path: '$.unblock_fields[0]' };
	const body = JSON.stringify({
		data: [{ code: 'NOT_ALLOWED', message: 'EMAIL field not available for module', details }],
	});
	const { calls } = play(1000, () => ({ httpStatus: 400, body }));

	expect(calls).toBe(1);
});

it('ends the run where Zoho says that no call is left for longer than an hour', () => {
	const quota = JSON.stringify([{ 'remaining-count': 0, 'retry-after': 259_200 }]);
	const { calls, plan } = play(1000, (ids) => ({
		...told(ids),
		headers: { 'x-rate-limit': quota },
	}));

	expect(calls).toBe(1);
	expect(plan.outbox.abortedFor?.reason).toBe('rateLimited');
});

it('ends the run at a failure of the account that is told in entries', () => {
	const { calls, plan } = play(2000, (ids) => ({
		httpStatus: 400,
		body: JSON.stringify({
			data: ids.map((id) => ({ code: 'OAUTH_SCOPE_MISMATCH', message: 'x', details: { id } })),
		}),
	}));

	expect(calls).toBe(1);
	expect(plan.outbox.abortedFor?.reason).toBe('scopeMismatch');
});
