import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeZoho, Fault, ReceivedRequest } from '../fake-zoho';
import { failure } from '../support/stage';
import { BATCH_SIZE, IDS, TOO_MANY, useFaults } from './faultStage';
import { verdict } from './truth';

const { stage, runAll, expectEveryRecord, expectZohoUnharmed } = useFaults();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

describe('"already unblocked"', () => {
	it('on the repeat of a call whose reply was lost is the success of the first try, and says so', async () => {
		zoho.fault({ kind: 'unblock', reset: true, when: 'after' });
		zoho.crm.style = 'mixed';
		const { main } = await runAll({ alreadyUnblocked: 'error' });

		expect(main[0]?.json).toEqual({
			id: IDS[0],
			module: 'Leads',
			fields: ['Email'],
			status: 'unblocked',
			code: 'SUCCESS',
			message: 'Already unblocked, perhaps by the call whose reply was lost.',
		});
		expect(main.slice(0, 5).map(verdict)).toEqual(Array(5).fill('unblocked'));
	});

	it('after no lost reply is what it says, as a success or as a failure', async () => {
		const told = async (alreadyUnblocked: string) => (await runAll({ alreadyUnblocked })).main[8];

		expect((await told('success'))?.json).toMatchObject({ status: 'alreadyUnblocked' });
		expect(failure(await told('error'))).toMatchObject({
			id: IDS[8],
			reason: 'alreadyUnblocked',
			code: 'NOT_ALLOWED',
			httpStatus: 400,
			retryable: false,
		});
	});
});

describe('Retry-After', () => {
	const [first] = [IDS.slice(0, BATCH_SIZE)];

	/** ms between the refusal of the first call and its repeat. */
	const pauseBeforeRepeat = () => {
		const [refused, repeated] = zoho.calls('unblock');
		expect(refused?.status).toBe(429);
		expect(repeated?.ids).toEqual(first);
		return repeated!.at - refused!.at;
	};

	it('in seconds wins over the retry delay', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '1' }, kind: 'unblock' });
		expectEveryRecord(await runAll({ retryDelay: 0 }));

		// A timer may end a moment early by the other clock.
		expect(pauseBeforeRepeat()).toBeGreaterThanOrEqual(950);
		expectZohoUnharmed();
	});

	it('as a date wins over the retry delay', async () => {
		let date = 0;
		let times = 1;
		zoho.randomFault = () => {
			if (times-- <= 0) return undefined;
			date = Math.ceil(Date.now() / 1000) * 1000 + 1000;
			return { ...TOO_MANY, headers: { 'retry-after': new Date(date).toUTCString() } };
		};
		expectEveryRecord(await runAll({ retryDelay: 0 }));

		expect(zoho.calls('unblock')[1]?.at).toBeGreaterThanOrEqual(date - 50);
		expectZohoUnharmed();
	});

	it('of 0 is no wait, whatever the retry delay', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '0' }, kind: 'unblock' });
		expectEveryRecord(await runAll({ retryDelay: 3_600_000 }));
	});

	it('of more than an hour ends the run: all that is left is rateLimited, to be run again later', async () => {
		zoho.fault({ ...TOO_MANY, headers: { 'retry-after': '7200' }, kind: 'unblock' });
		const run = await runAll();

		expectEveryRecord(run, () => 'rateLimited');
		expect(run.main.every((item) => failure(item).retryable === true)).toBe(true);
		expect(zoho.calls('unblock')).toHaveLength(1);
	});
});

describe('an entry for each record', () => {
	/** Every record of a call failed in the same way. */
	const allFailed = (code: string, headers = {}): ((request: ReceivedRequest) => Fault) => {
		return ({ ids = [] }) => ({
			status: 207,
			headers,
			body: JSON.stringify({
				data: ids.map((id) => ({ code, details: { id }, message: code, status: 'error' })),
			}),
		});
	};

	const firstFails = (retryAfter: string) => {
		let calls = 0;
		zoho.randomFault = (request) =>
			calls++ === 0
				? allFailed('INTERNAL_ERROR', { 'retry-after': retryAfter })(request)
				: undefined;
	};

	it('that says the server failed is asked for again after the pause that Zoho asks for', async () => {
		firstFails('1');

		const { main } = await stage.run('zohoCrmUnblockEmail', [{ id: IDS[0] }]);

		expect(main.map(verdict)).toEqual(['unblocked']);
		const [first, second] = zoho.calls('unblock');
		expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
	});

	it('is waited for with a word in the log, and until the run is cancelled', async () => {
		firstFails('60');

		const run = stage.run('zohoCrmUnblockEmail', [{ id: IDS[0] }]);
		while (zoho.calls('unblock')[0]?.endedAt === undefined) await sleep(5);
		await sleep(1_000);
		run.cancel();
		const { logs } = await run;

		expect(zoho.calls('unblock')).toHaveLength(1);
		expect(logs).toContain('info: INTERNAL_ERROR Trying 1 record again in 1 min.');
	});

	it('that says too many holds for everything still to be sent, once the retries are used up', async () => {
		zoho.randomFault = allFailed('TOO_MANY_REQUESTS');

		const { errors } = await stage.run(
			'zohoCrmUnblockEmail',
			IDS.map((id) => ({ id })),
			{ options: { batchSize: 2, maxRetries: 2, retryDelay: 1, maxParallelRequests: 1 } },
		);

		expect(errors.map((item) => failure(item).reason)).toEqual(IDS.map(() => 'rateLimited'));
		expect(errors.map((item) => String(failure(item).message).startsWith('Not sent'))).toContain(
			true,
		);
		expect(zoho.calls('unblock')).toHaveLength(3);
	});
});
