/** A preview of the Do-Not-Mail node: what would be sent comes out, and nothing is sent. */
import type { IDataObject, OnError } from 'n8n-workflow';
import { failure } from '../support/stage';
import { ANNA, BOB, MOVED, useCampaigns } from './stage';

const { stage, run, calls } = useCampaigns();

const ON = { parameters: { previewOnly: true } };
const PREVIEW = { status: 'preview', message: 'Not sent: this is a preview.', code: 'NOT_SENT' };

const SETTINGS: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

describe('a preview', () => {
	it.each(SETTINGS)(
		'hands out each address, without a call, with On Error set to %s',
		async (onError) => {
			const { main, errors, error, hints } = await run([ANNA, 'none', ANNA.toUpperCase()], {
				...ON,
				onError,
			});

			const bad = [...main, ...errors].filter(({ json }) => json.error);
			expect(error).toBeUndefined();
			expect(main.filter(({ json }) => !json.error)).toEqual([
				{ json: { email: ANNA, ...PREVIEW }, pairedItem: { item: 0 } },
				{ json: { email: ANNA.toUpperCase(), ...PREVIEW }, pairedItem: { item: 2 } },
			]);
			expect(bad.map((item) => failure(item))).toEqual([
				expect.objectContaining({ email: 'none', reason: 'invalidEmail' }),
			]);
			expect(errors).toHaveLength(onError === 'continueErrorOutput' ? 1 : 0);
			expect(stage.zoho.requests).toEqual([]);
			expect(hints[0]?.message).toBe(
				'3 addresses: 2 would be sent, 1 failed. Nothing was sent: this is a preview. No call was made, so the token was not tried. 1 duplicate: each address would be sent once.',
			);
		},
	);

	it('is one for all items where one of them says so', async () => {
		const items = [
			{ email: ANNA, preview: false },
			{ email: BOB, preview: true },
		];
		const parameters = { previewOnly: '={{ $json.preview }}' };

		const { main } = await stage.run('zohoCampaignsDoNotMail', items, { parameters });

		expect(main.map(({ json }) => json.status)).toEqual(['preview', 'preview']);
		expect(stage.zoho.requests).toEqual([]);
	});

	it.each(['true', 0, null, 'nein'])(
		'is not said by %j: that item fails, the other is sent',
		async (preview) => {
			const items: IDataObject[] = [
				{ email: ANNA, preview },
				{ email: BOB, preview: false },
			];
			const parameters = { previewOnly: '={{ $json.preview }}' };

			const { main, errors } = await stage.run('zohoCampaignsDoNotMail', items, { parameters });

			expect(main.map(({ json }) => json)).toEqual([{ email: BOB, ...MOVED }]);
			expect(failure(errors[0])).toMatchObject({ email: ANNA, reason: 'invalidRequest' });
			expect(failure(errors[0]).message).toContain('"Preview Only" takes true or false, and is');
			expect(calls()).toHaveLength(1);
		},
	);

	it('stops the workflow where the credential is for the other service', async () => {
		const credentialId = stage.connect({ services: 'crm' }, 'crm-only');

		const { error } = await run([ANNA], { ...ON, credentialId, onError: 'stopWorkflow' });

		expect(error?.message).toMatch(/^Credential "Zoho"/);
	});
});
