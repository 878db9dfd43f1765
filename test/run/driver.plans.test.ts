/** What only the loop of the nodes can show: Stop, and a call that never ends. */
import { drive } from '../../nodes/run/driver';
import type { Plan } from '../../nodes/run/plan';
import type { Answer } from '../../nodes/zoho/reply';
import { failure } from '../../nodes/zoho/failures';
import { FakeClock } from '../support/clock';

const ANSWER: Answer = { reply: failure('serverError', { message: 'Zoho failed.' }), requests: 1 };

describe('an execution that was cancelled', () => {
	it('takes in no answer any more, and logs nothing', async () => {
		const taken: Answer[] = [];
		const logged: string[] = [];
		let isSent = false;
		const plan: Plan<object> = {
			next: () => {
				if (isSent) return { do: 'later' };
				isSent = true;
				return { do: 'send', call: {} };
			},
			take: (_, answer) => {
				taken.push(answer);
				return 'Trying again.';
			},
			close: () => {},
		};
		const clock = new FakeClock(5_000);
		let answer: (answer: Answer) => void = () => {};
		const sent = new Promise<Answer>((resolve) => (answer = resolve));

		const isWhole = await drive(
			plan,
			{ send: async () => await sent, timeoutMs: 60_000, read: () => false },
			{
				now: clock.now,
				sleep: async (ms) => clock.work(ms),
				isCancelled: () => isSent,
				log: (message) => logged.push(message),
			},
		);
		answer(ANSWER);
		await sent;
		await Promise.resolve();

		expect(isWhole).toBe(false);
		expect(taken).toEqual([]);
		expect(logged).toEqual([]);
	});
});
