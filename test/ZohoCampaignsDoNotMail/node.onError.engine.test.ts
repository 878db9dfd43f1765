import type { NodeApiError, OnError } from 'n8n-workflow';
import { failure } from '../support/stage';
import { ANNA, BOB, CARL, useCampaigns } from './stage';

const { stage, run, calls } = useCampaigns();

describe('On Error', () => {
	const many = Array.from({ length: 20 }, (_, i) => `${'abcdefghijklmnopqrst'[i]}x@example.com`);

	it('= Stop Workflow throws one error that names the address, what to do, and the counts', async () => {
		stage.zoho.campaigns.answer(many[3]!, '2004');
		const { status, error, main } = await run(many, {
			onError: 'stopWorkflow',
			options: { maxParallelRequests: 1 },
		});

		expect(status).toBe('error');
		expect(main).toEqual([]);
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: `Address ${many[3]}: Invalid email address pattern.`,
			description: expect.stringContaining('Correct it in the data'),
			context: { itemIndex: 3 },
		});
		expect((error as NodeApiError).description).toContain(
			'Before the stop: 3 done, 1 failed, 16 not attempted.',
		);
		expect(calls()).toHaveLength(4);
	});

	it('= Stop Workflow lets what is under way end, and counts it', async () => {
		stage.zoho.latencyMs = 30;
		stage.zoho.campaigns.answer(many[1]!, '2004');
		const { error } = await run(many, { onError: 'stopWorkflow' });

		const sent = calls().length;
		expect(sent).toBeLessThan(many.length);
		expect((error as NodeApiError).description).toContain(
			`Before the stop: ${sent - 1} done, 1 failed, ${many.length - sent} not attempted.`,
		);
		expect(stage.zoho.campaigns.registry.size).toBe(sent - 1);
	});

	it('= Stop Workflow sends nothing where an item holds no address', async () => {
		const { error } = await run([ANNA, 'nothing', BOB], { onError: 'stopWorkflow' });

		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: 'Address nothing: "nothing" has no @.',
			context: { itemIndex: 1 },
		});
		expect((error as NodeApiError).description).toContain('0 done, 1 failed, 2 not attempted');
		expect(calls()).toEqual([]);
	});

	it('= Stop Workflow throws nothing where nothing failed', async () => {
		stage.zoho.campaigns.add(BOB);
		const { status, main } = await run([ANNA, BOB], { onError: 'stopWorkflow' });

		expect(status).toBe('success');
		expect(main.map(({ json }) => json.status)).toEqual(['moved', 'alreadyInDoNotMail']);
	});

	it('= Continue keeps failed items in their places on the main output', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors } = await run([ANNA, BOB, '', CARL], { onError: 'continueRegularOutput' });

		expect(errors).toEqual([]);
		expect(
			main.map(({ json, pairedItem }) => [json.email, failure({ json }).reason, pairedItem]),
		).toEqual([
			[ANNA, undefined, { item: 0 }],
			[undefined, 'invalidEmail', { item: 1 }],
			[undefined, 'invalidEmail', { item: 2 }],
			[CARL, undefined, { item: 3 }],
		]);
	});

	it('= Continue (using error output) sends failed items by the error branch', async () => {
		stage.zoho.campaigns.answer(BOB, '2004');
		const { main, errors } = await run([ANNA, BOB, '', CARL]);

		expect(main.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 3 }]);
		expect(errors.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
	});

	it('without items does nothing at all', async () => {
		const { status, main, errors, hints } = await run([]);

		expect([status, main, errors, hints]).toEqual(['success', [], [], []]);
		expect(stage.zoho.requests).toEqual([]);
	});
});

describe('a failure of the account', () => {
	const many = Array.from({ length: 30 }, (_, i) => `person${i}@example.com`);
	const settings: OnError[] = ['continueErrorOutput', 'continueRegularOutput'];

	it.each(settings)('ends the sending, and every item comes out (%s)', async (onError) => {
		const { refresh_token } = stage.zoho.oauth.issue();
		stage.connect({ oauthTokenData: { access_token: 'dead', refresh_token } }, stage.credentialId);
		stage.zoho.oauth.revoke(refresh_token!);
		const { main, errors } = await run(many, { onError });

		const failed = onError === 'continueErrorOutput' ? errors : main;
		expect(failed.map((item) => failure(item).reason)).toEqual(
			many.map((_, i) => (i === 0 ? 'authenticationFailed' : 'notAttempted')),
		);
		expect(failed.map(({ pairedItem }) => pairedItem)).toEqual(many.map((_, item) => ({ item })));
		// The first call goes alone; n8n itself repeats it once after a refresh.
		expect(calls().length).toBeLessThanOrEqual(process.env.N8N_ENGINE ? 4 : 2);
		expect(stage.zoho.calls('token')).toHaveLength(1);
	});

	it('in the middle of a run loses nothing of what is done', async () => {
		let seen = 0;
		stage.zoho.randomFault = ({ kind }) => {
			if (kind === 'doNotMail' && ++seen === 11) {
				stage.zoho.oauth.refuseRefresh('invalid_code');
				stage.zoho.oauth.expire();
			}
			return undefined;
		};
		const { main, errors } = await run(many, { options: { maxParallelRequests: 1 } });

		expect(main.map(({ json }) => json.email)).toEqual(many.slice(0, 10));
		expect(failure(errors[0])).toMatchObject({
			email: many[10],
			reason: 'authenticationFailed',
			code: 'invalid_code',
		});
		expect(errors.slice(1).map((item) => failure(item).reason)).toEqual(
			many.slice(11).map(() => 'notAttempted'),
		);
		expect(failure(errors[1]).resolution).toContain('Then run these items again.');
		expect(stage.zoho.campaigns.registry.size).toBe(10);
	});

	it('is told before anything is sent where the credential leaves Campaigns out', async () => {
		stage.connect({ services: 'crm' }, stage.credentialId);
		const { main, errors } = await run(many);

		expect(main).toEqual([]);
		expect(errors).toHaveLength(many.length);
		expect(new Set(errors.map((item) => failure(item).reason))).toContain('scopeMismatch');
		expect(stage.zoho.requests).toEqual([]);
	});
});
