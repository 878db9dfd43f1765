import { clock, doNotMail, MINUTE, unblock, useFakeZoho, zoho } from '../client';
import { PUBLISHED_LIMIT, Throttle } from '../throttle';

useFakeZoho();

describe('the limit of contactdonotmail', () => {
	let sent = 0;
	const move = async (calls = 1) => {
		const codes: unknown[] = [];
		for (let count = 0; count < calls; count++) {
			const { body } = await doNotMail(`person${++sent}@example.com`);
			codes.push(body.code ?? body.error ?? body.Code);
		}
		return codes;
	};
	const lockedAnswer = async () => {
		zoho.campaigns.limit.calls = 0;
		return await doNotMail('a@b.c');
	};

	it('is the published one', () => {
		expect(zoho.campaigns.limit).toEqual({
			calls: 500,
			windowMs: 5 * MINUTE,
			lockMs: 30 * MINUTE,
			kind: 'rolling',
		});
		expect(zoho.campaigns.limit).toEqual(PUBLISHED_LIMIT);
	});

	it('lets a rolling window’s calls pass and locks on the next', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 3 };
		expect(await move(3)).toEqual(['0', '0', '0']);
		clock.now += 5 * MINUTE - 1;
		const { status, body } = await doNotMail('fourth@example.com');
		expect(status).toBe(400);
		expect(body).toEqual({
			error: {
				status_code: 400,
				title: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
				details: {
					message:
						'Cannot execute more than 3 requests per API in 5 minutes. Try again after 30 minutes.',
				},
			},
		});
		expect(zoho.campaigns).toMatchObject({ locks: 1, refusedCalls: 1 });
		expect(zoho.campaigns.has('fourth@example.com')).toBe(false);
	});

	it('lets each call of a rolling window go when it is a window old', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 2 };
		await move();
		clock.now += MINUTE;
		await move();
		clock.now += 4 * MINUTE;
		expect(await move()).toEqual(['0']);
		clock.now += MINUTE;
		expect(await move()).toEqual(['0']);
		expect(zoho.campaigns.locks).toBe(0);
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('refuses every call while locked, without prolonging the lock, and tells the rest of the time', async () => {
		zoho.campaigns.limit.calls = 1;
		await move(2);
		clock.now += 8.5 * MINUTE;
		expect((await doNotMail('a@b.c')).text).toContain('Try again after 22 minutes.');
		clock.now += 21.5 * MINUTE - 1;
		expect((await doNotMail('a@b.c')).text).toContain('Try again after 1 minute.');
		clock.now += 1;
		expect(await move()).toEqual(['0']);
		expect(zoho.campaigns).toMatchObject({ locks: 1, refusedCalls: 3 });
	});

	it('counts a fixed window on a grid from the server’s start', async () => {
		zoho.campaigns.limit = { ...PUBLISHED_LIMIT, calls: 2, kind: 'fixed' };
		clock.now += 5 * MINUTE - 1;
		expect(await move(2)).toEqual(['0', '0']);
		clock.now += 1;
		expect(await move(2)).toEqual(['0', '0']);
		clock.now += 5 * MINUTE - 1;
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('counts calls that fail for their own sake, and none without a good token', async () => {
		zoho.campaigns.limit.calls = 2;
		await doNotMail('a@b.c', { headers: {} });
		await doNotMail('nobody');
		await doNotMail('a@b.c', { method: 'GET' });
		expect(zoho.campaigns.locks).toBe(0);
		await move();
		expect(zoho.campaigns.locks).toBe(1);
	});

	it('leaves the CRM alone', async () => {
		await lockedAnswer();
		zoho.crm.add('Leads', '1');
		expect((await unblock(['1'])).status).toBe(200);
	});

	it('keeps the window’s calls through a lock that is shorter than the window', () => {
		const throttle = new Throttle(() => clock.now);
		throttle.limit = { calls: 1, windowMs: 1000, lockMs: 100, kind: 'rolling' };
		expect([throttle.arrive(), throttle.arrive()]).toEqual([0, 100]);
		clock.now += 100;
		expect([throttle.locked, throttle.used]).toEqual([false, 1]);
		expect(throttle.arrive()).toBe(100);
		clock.now += 900;
		expect(throttle.arrive()).toBe(0);
	});
});
