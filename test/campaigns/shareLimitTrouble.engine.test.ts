/** What becomes of a run where the Data Table is missing, or fails. */
import { failure } from '../support/stage';
import { expectAllOut, until } from './limitStage';
import { list, testWithDataTables, useSharedLimit, withDataTables } from './shareLimitStage';

const shared = useSharedLimit();

describe('where there is no Data Table', () => {
	it('nothing is sent, and the items say what to do', async () => {
		const { errors, hints } = await shared.run(await shared.startProcess('none'), list('one', 3));

		expectAllOut({ main: [], errors } as never, 3);
		for (const item of errors) {
			expect(failure(item)).toMatchObject({
				code: 'NO_DATA_TABLE',
				reason: 'invalidRequest',
				message: expect.stringContaining('cannot be shared with all n8n processes'),
				resolution: expect.stringContaining('n8n has from 2.3 on'),
			});
		}
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^3 addresses: 3 failed, none of them sent\. The limit cannot be shared/,
			),
		]);
		expect(shared.zoho.calls('doNotMail')).toEqual([]);
	});

	testWithDataTables(
		'nor where it never answers, with what n8n says of it',
		async () => {
			shared.dataTables.before = () => {
				throw new Error('Attempted to use Data table node but the module is disabled');
			};
			const { errors, logs } = await shared.run(await shared.startProcess(), list('one', 3));

			expect(failure(errors[0])).toMatchObject({
				code: 'NO_DATA_TABLE',
				message: expect.stringContaining('the module is disabled'),
			});
			expect(logs.join('\n')).toContain('the module is disabled');
			expect(shared.zoho.calls('doNotMail')).toEqual([]);
		},
		20_000,
	);
});

withDataTables('a table that fails in the middle', () => {
	/** Fails from the moment on at which Zoho has had a call, so many times. */
	function failAfterFirstCall(times: number): void {
		let left = times;
		shared.dataTables.before = () => {
			const hasCalled = shared.zoho.calls('doNotMail').length > 0;
			if (hasCalled && left-- > 0) throw new Error('database is away');
		};
	}

	it('makes the run wait, which it says, and lose nothing', async () => {
		failAfterFirstCall(4);
		const done = await shared.run(await shared.startProcess(), list('one', 12));

		expect(done.main).toHaveLength(12);
		expect(done.logs.join('\n')).toContain('database is away');
		expect(shared.zoho.campaigns.refusedCalls).toBe(0);
	}, 40_000);

	it('ends a run that is to fail, with the time to come back', async () => {
		failAfterFirstCall(Infinity);
		const { main, errors } = await shared.run(await shared.startProcess(), list('one', 12), {
			whenLimitReached: 'error',
		});

		expect(main.length + errors.length).toBe(12);
		expect(failure(errors.at(-1))).toMatchObject({
			reason: 'rateLimited',
			message: expect.stringContaining('the Data Table fails'),
			retryAt: expect.any(String),
		});
	}, 40_000);
});

testWithDataTables('a run that is stopped while no table answers ends as canceled', async () => {
	shared.dataTables.before = async () => await new Promise(() => {});
	const running = shared.run(await shared.startProcess(), list('one', 3));
	await until(() => shared.dataTables.workflows.length > 0);
	running.cancel();
	await expect(running).resolves.toMatchObject({ status: 'canceled' });
	expect(shared.zoho.calls('doNotMail')).toEqual([]);
});
