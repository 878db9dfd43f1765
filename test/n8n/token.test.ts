import { inTurn, tokenOf, type Token } from '../../nodes/n8n/token';
import { failure } from '../../nodes/zoho/failures';
import type { Answer } from '../../nodes/zoho/reply';

const ok: Answer = { reply: { httpStatus: 200, headers: {}, body: '' }, requests: 1 };

/**
 * A call that is under way until it is answered, and counts how often it was made.
 *
 * @param stored the header of the token that the credential holds by then
 * @param signed the one that the call goes out with last
 */
function callOf(token: Token, timeoutMs = 1_000, stored = token.signed, signed = token.signed) {
	const made: { times: number; answer: (answer: Answer) => void } = { times: 0, answer: () => {} };
	const make = async () => {
		made.times++;
		const answer = await new Promise<Answer>((resolve) => (made.answer = resolve));
		return { answer, signed };
	};
	const answered = inTurn(token, {
		make,
		timeoutMs,
		stored: async () => await Promise.resolve(stored),
	});
	// A test that looks at it later is told then.
	answered.catch(() => {});
	return Object.assign(made, { answered });
}

/** What is to come of promises that are settled already has come then. */
const settled = async () => await new Promise((resolve) => setImmediate(resolve));

/** Answers calls, one after the other. */
async function finish(calls: Array<ReturnType<typeof callOf>>) {
	for (const call of calls) {
		await settled();
		call.answer(ok);
		await call.answered;
	}
}

describe('a token that nobody has tried', () => {
	it('lets one call go first, so that it is renewed once, and the others after it', async () => {
		const token: Token = { signed: 'new' };
		const [first, second] = [callOf(token), callOf(token)];
		await settled();
		expect([first.times, second.times]).toEqual([1, 0]);

		first.answer(ok);
		expect(await first.answered).toBe(ok);
		await settled();
		expect(second.times).toBe(1);
		second.answer(ok);
		expect(await second.answered).toBe(ok);
	});

	it('that is refused refuses those that waited, too, at no cost', async () => {
		const token: Token = { signed: 'new' };
		const [first, second] = [callOf(token), callOf(token)];
		const refused = failure('authenticationFailed', { message: 'no' });
		first.answer({ reply: refused, requests: 3 });

		expect(await second.answered).toEqual({ reply: refused, requests: 0 });
		expect(second.times).toBe(0);
	});

	const refused: Answer = {
		reply: failure('authenticationFailed', { message: 'the old one is revoked' }),
		requests: 3,
	};

	it('is not refused by what refused the one before it, while that is still tried', async () => {
		const token: Token = { signed: 'old' };
		const first = callOf(token);
		token.signed = 'new';
		const second = callOf(token);
		expect([first.times, second.times]).toEqual([1, 1]);

		first.answer(refused);
		await first.answered;
		second.answer(ok);
		expect(await second.answered).toBe(ok);
		await settled();
		expect(token).toMatchObject({ tried: 'new', trial: undefined });
	});

	it('lets who waits for its trial go, where the credential was connected anew meanwhile', async () => {
		const token: Token = { signed: 'old' };
		const [first, second] = [callOf(token), callOf(token, 1_000, 'new')];
		first.answer(refused);
		await settled();

		expect(second.times).toBe(1);
		second.answer(ok);
		expect(await second.answered).toBe(ok);
	});

	it('that was renewed in the trial, and refused again, refuses those that waited at no cost', async () => {
		const token: Token = { signed: 'old' };
		const [first, second] = [callOf(token, 1_000, 'new', 'new'), callOf(token, 1_000, 'new')];
		first.answer(refused);

		expect(await second.answered).toEqual({ reply: refused.reply, requests: 0 });
		expect(second.times).toBe(0);
	});

	it('has a trial of its own, which the end of an older one does not end', async () => {
		const token: Token = { signed: 'old' };
		const first = callOf(token);
		token.signed = 'new';
		const [second, third] = [callOf(token), callOf(token)];
		first.answer(refused);
		await first.answered;
		await settled();

		expect([second.times, third.times]).toEqual([1, 0]);
		await finish([second, third]);
	});

	it.each([
		['what failed the first call alone', 'serverError'],
		['a scope that only the first call needs', 'scopeMismatch'],
	] as const)('is not refused by %s', async (_, reason) => {
		const token: Token = { signed: 'new' };
		const [first, second] = [callOf(token), callOf(token)];
		first.answer({ reply: failure(reason, { message: 'no' }), requests: 1 });
		await settled();

		expect(second.times).toBe(1);
		second.answer(ok);
		expect(await second.answered).toBe(ok);
	});

	it('is not waited for longer than a call may take', async () => {
		const token: Token = { signed: 'new' };
		const first = callOf(token, 20);
		const second = callOf(token);
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect(second.times).toBe(0);
		await new Promise((resolve) => setTimeout(resolve, 60));

		expect(second.times).toBe(1);
		expect(token.trial).toBeUndefined();
		await finish([first, second]);
	});

	it('is not waited for by calls that came after the trial', async () => {
		const token: Token = { signed: 'new' };
		const first = callOf(token);
		first.answer(ok);
		await first.answered;
		await settled();

		expect(token).toMatchObject({ tried: 'new', trial: undefined });
		const [second, third] = [callOf(token), callOf(token)];
		expect([second.times, third.times]).toEqual([1, 1]);
		await finish([second, third]);
	});
});

describe('a token that was tried', () => {
	it('lets all calls go at once, until it is another one', async () => {
		const token: Token = { signed: 'old', tried: 'old' };
		const calls = [callOf(token), callOf(token)];
		expect(calls.map(({ times }) => times)).toEqual([1, 1]);
		token.signed = 'new';
		calls.push(callOf(token), callOf(token));

		expect(calls.map(({ times }) => times)).toEqual([1, 1, 1, 0]);
		await finish(calls);
	});
});

describe('a trial that fails by a fault of our own', () => {
	it('ends: the others go on', async () => {
		const token: Token = { signed: 'new' };
		const fault = new Error('fault');
		const first = inTurn(token, {
			make: async () => await Promise.reject(fault),
			timeoutMs: 1_000,
			stored: async () => await Promise.resolve('new'),
		});
		const second = callOf(token);

		await expect(first).rejects.toBe(fault);
		await settled();
		expect(second.times).toBe(1);
		second.answer(ok);
		await second.answered;
	});
});

test('all runs of a connection share its token, and no two connections do', () => {
	expect(tokenOf('a')).toBe(tokenOf('a'));
	expect(tokenOf('a')).not.toBe(tokenOf('b'));
});
