import { AddressList } from '../../nodes/ZohoCampaignsDoNotMail/addresses';
import { MovePlan } from '../../nodes/ZohoCampaignsDoNotMail/plan';
import { resultsOf } from '../../nodes/ZohoCampaignsDoNotMail/results';
import { Budget } from '../../nodes/limit/budget';
import { Window } from '../../nodes/limit/window';
import { failure, unsent } from '../../nodes/zoho/failures';
import { DO_NOT_MAIL_JSON_SAMPLE } from '../fake-zoho/facts';

const SETTINGS = {
	callsPerWindow: 500,
	windowMinutes: 5,
	lockMinutes: 30,
	whenLimitReached: 'wait',
	responseFormat: 'json',
	maxParallelRequests: 1,
	alreadyInDoNotMail: 'success',
	maxRetries: 0,
	retryDelay: 0,
	stopAtFailure: false,
} as const;
const LIMITS = { callsPerWindow: 500, windowMs: 300_000, longestCallMs: 60_000 };

describe('the results', () => {
	it('go to every item that named the address, in its own spelling, and in input order', () => {
		const plan = new MovePlan(SETTINGS, new Budget(new Window(), LIMITS, 0));
		const list = new AddressList((address) => plan.add(address));
		['b@example.com', 'a@example.com', 'B@example.com', '', 'c@x.test'].forEach((value, item) =>
			list.add(item, { value }),
		);
		const down = failure('serverError', { message: 'Down' });
		const body = JSON.stringify(DO_NOT_MAIL_JSON_SAMPLE);
		for (const reply of [{ httpStatus: 200, headers: {}, body }, down]) {
			const next = plan.next(0);
			if (next.do !== 'send') throw new Error('There is an address to send');
			plan.take(next.call, { reply, requests: 1 }, 0);
		}

		const results = [...resultsOf(list.named, plan, unsent())];

		const { code, message } = DO_NOT_MAIL_JSON_SAMPLE;
		const moved = { status: 'moved', code, message };
		expect(results).toEqual([
			{ item: 0, success: { email: 'b@example.com', ...moved } },
			{ item: 1, subject: { email: 'a@example.com' }, label: 'a@example.com', failure: down },
			{ item: 2, success: { email: 'B@example.com', ...moved } },
			{
				item: 3,
				subject: { email: '' },
				label: '',
				failure: expect.objectContaining({ reason: 'invalidEmail' }),
			},
			{
				item: 4,
				subject: { email: 'c@x.test' },
				label: 'c@x.test',
				failure: expect.objectContaining({ reason: 'notAttempted' }),
				notAttempted: true,
			},
		]);
	});
});
