import type { IDataObject } from 'n8n-workflow';
import type { NodeRun } from '../engine';
import type { Fault } from '../fake-zoho';
import { failure } from '../support/stage';
import { error, LEADS, useErrors } from './errorStage';

const { stage, calls } = useErrors();

const WAY_OUT =
	'To let the other items go on, set "On Error" to "Continue (using error output)" in the Settings of this node.';

const startOf = (text: string) =>
	expect.stringMatching(new RegExp(`^${text.replace(/[()]/g, '\\$&')}`));

describe('the setting On Error', () => {
	/** Six records, the third of which is blocked permanently, in three calls one after the other. */
	const items = () => LEADS.map((id, i) => ({ id, name: `Lead ${i}` }));
	const settings = { options: { batchSize: 2, maxParallelRequests: 1 } };
	const [, , bad = ''] = LEADS;

	beforeEach(() => {
		stage.zoho.crm.style = 'allOrNothing';
		stage.zoho.crm.add('Leads', LEADS);
		stage.zoho.crm.add('Leads', bad, { email: 'hard' });
	});

	const expected: IDataObject = {
		id: bad,
		module: 'Leads',
		fields: ['Email'],
		code: 'NOT_ALLOWED',
		reason: 'permanentlyBlocked',
		message: 'Cannot unblock, Email is blocked permanently',
		resolution:
			'Only temporarily blocked addresses can be unblocked. This one bounced for good (hard bounce): correct the address in the record, or stop mailing it.',
		httpStatus: 400,
		retryable: false,
	};

	it('sends failed items to the error branch, with the fields of their input', async () => {
		const run = await stage.run('zohoCrmUnblockEmail', items(), {
			...settings,
			onError: 'continueErrorOutput',
		});

		expect(run.status).toBe('success');
		expect(run.errors.map(({ json }) => json)).toEqual([
			{ id: bad, name: 'Lead 2', error: expected },
		]);
		expect(run.main.map(({ json }) => json.id)).toEqual(LEADS.filter((id) => id !== bad));
		expect(run.main.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 3, 4, 5].map((item) => ({ item })),
		);
	});

	it('keeps failed items in their place, with nothing but the error', async () => {
		const run = await stage.run('zohoCrmUnblockEmail', items(), {
			...settings,
			onError: 'continueRegularOutput',
		});

		expect(run.status).toBe('success');
		expect(run.errors).toEqual([]);
		expect(run.main.map(({ json }) => json.id)).toEqual(
			LEADS.map((id) => (id === bad ? undefined : id)),
		);
		expect(run.main[2]).toEqual({ json: { error: expected }, pairedItem: { item: 2 } });
	});

	it.each(['allOrNothing', 'indexed', 'mixed'] as const)(
		"stops the workflow with one error, the failing call's records told apart (%s)",
		async (style) => {
			stage.zoho.crm.style = style;

			const run = await stage.run('zohoCrmUnblockEmail', items(), {
				...settings,
				onError: 'stopWorkflow',
			});

			expect(run.status).toBe('error');
			expect([run.main, run.errors]).toEqual([[], []]);
			expect(run.error).toMatchObject({
				name: 'NodeApiError',
				message: `Record ${bad}: Cannot unblock, Email is blocked permanently`,
				httpCode: style === 'mixed' ? '207' : '400',
				context: { itemIndex: 2 },
			});
			expect(run.error?.description).toBe(
				`${String(expected.resolution)} Before the stop: 3 done, 1 failed, 2 not attempted. ${WAY_OUT}`,
			);
			expect(LEADS.map((id) => stage.zoho.crm.get('Leads', id)?.timesUnblocked)).toEqual([
				1, 1, 0, 1, 0, 0,
			]);
			const sent = calls('Leads').flatMap(({ ids = [] }) => ids);
			expect(sent).not.toContain(LEADS[4]);
			expect(sent).not.toContain(LEADS[5]);
		},
	);

	it('stops the workflow before any call where an item is wrong from the start', async () => {
		const run = await stage.run('zohoCrmUnblockEmail', [...items(), { id: '../x' }], {
			onError: 'stopWorkflow',
		});

		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: 'Record ../x: "../x" is not a record ID.',
			context: { itemIndex: 6 },
		});
		expect(run.error?.description).toMatch(
			/Check the expression in "Record IDs".* Before the stop: 0 done, 1 failed, 6 not attempted\. To let the other items go on, /,
		);
		expect(stage.zoho.requests).toEqual([]);
	});

	it('names the module, the credential or neither at a failure of the call, the account, the network', async () => {
		for (const [fault, message] of [
			[
				error(400, 'INVALID_MODULE', 'The module name given seems to be invalid'),
				'Module Leads: The module name given seems to be invalid',
			],
			[
				error(401, 'INVALID_TOKEN', 'invalid oauth token'),
				'Credential "Zoho": invalid oauth token',
			],
			[{ emptyBody: 503 }, 'Zoho answered with HTTP status 503.'],
			[{ reset: true }, 'Zoho could not be reached'],
			[{ html: 200 }, "Zoho's reply (HTTP status 200) cannot be read"],
		] as Array<[Fault, string]>) {
			stage.zoho.reset();
			stage.connect();
			stage.zoho.crm.add('Leads', LEADS);
			stage.zoho.fault({ ...fault, kind: 'unblock', times: Infinity });

			const run = await stage.run('zohoCrmUnblockEmail', items(), {
				options: { ...settings.options, maxRetries: 0 },
				onError: 'stopWorkflow',
			});

			expect(run.error?.name).toBe('NodeApiError');
			// No record is accused of what is not its own.
			expect(run.error?.message).toEqual(startOf(message));
			expect(run.error).toMatchObject({ context: { itemIndex: 0 } });
			expect(calls('Leads').every(({ ids }) => ids?.[0] === LEADS[0])).toBe(true);
			expect(LEADS.every((id) => stage.zoho.crm.get('Leads', id)?.timesUnblocked === 0)).toBe(true);
		}
	});

	it('calls a module as the list of modules does, and a missing credential missing', async () => {
		stage.zoho.fault({ ...error(400, 'INVALID_MODULE', 'No such module'), kind: 'unblock' });
		const module = { __rl: true, mode: 'list', value: 'Guests', cachedResultName: 'Event Guests' };
		const refused = await stage.run('zohoCrmUnblockEmail', items(), {
			parameters: { module },
			onError: 'stopWorkflow',
		});
		const { error: none } = await stage.engine.run({
			items: items(),
			node: { type: 'zohoCrmUnblockEmail', parameters: {}, onError: 'stopWorkflow' },
		});

		expect(refused.error?.message).toBe('Module Event Guests: No such module');
		expect(none?.message).toBe('No credential is chosen in this node.');
		expect(none?.description).not.toContain('On Error');
	});

	it('never lets an error through where the workflow goes on, whatever Zoho answers', async () => {
		for (const onError of ['continueErrorOutput', 'continueRegularOutput'] as const) {
			for (const fault of [
				{ html: 200 },
				{ cutBody: true, when: 'before' },
				{ status: 200, body: '{"data":[null,{"details":{"id":{}}}]}' },
				{ status: 400, body: '{"code":{"a":1},"message":[],"details":{"id":{"toString":1}}}' },
				{ status: 400, body: '"text"' },
				{ redirect: 'http://127.0.0.1:1/' },
			] as Fault[]) {
				stage.zoho.reset();
				stage.connect();
				stage.zoho.fault({ ...fault, kind: 'unblock', times: Infinity });

				const run = await stage.run('zohoCrmUnblockEmail', items(), {
					options: { maxRetries: 0 },
					onError,
				});

				expect(run.error).toBeUndefined();
				const failed: NodeRun['main'] = onError === 'continueErrorOutput' ? run.errors : run.main;
				expect(failed).toHaveLength(6);
				expect(failed.every((item) => typeof failure(item).reason === 'string')).toBe(true);
			}
		}
	});
});
