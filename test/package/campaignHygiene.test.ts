/** The templates on recipients of campaigns: what they say came of a night, and when it ends red. */
import type { IDataObject } from 'n8n-workflow';
import { items, nodeOf, playCode } from './code';
import { textOf, wires, type Template } from './templates';

const FILES = ['campaign-hygiene.json', 'opt-outs-of-one-list.json'];

describe.each(FILES)('%s', (file) => {
	const summary = async (...outcomes: object[]) => {
		const [said] = await playCode(file, 'Summary', { input: items(...outcomes) });
		return said!.json as IDataObject & { text: string; isAccount: boolean; why: string };
	};

	test('names everybody who was put into Do-Not-Mail, and what they were where', async () => {
		const { text, isAccount } = await summary(
			{
				email: 'a@example.com',
				status: 'moved',
				campaign: 'Spring',
				recipient: 'spamComplaint',
			},
			{
				email: 'b@example.com',
				status: 'alreadyInDoNotMail',
				campaign: 'Spring',
				recipient: 'hardBounce',
			},
		);

		expect(text).toContain('2 put into Do-Not-Mail');
		expect(text).toContain('• a@example.com (complaint, Spring)');
		expect(text).toContain('• b@example.com (hard bounce, Spring)');
		expect(isAccount).toBe(false);
	});

	test('names what failed, and is no failure of the account for that', async () => {
		const error = { reason: 'invalidRequest', campaign: 'Gone', message: 'No such campaign.' };
		const { text, isAccount } = await summary({ error });

		expect(text).toContain('1 not done:');
		expect(text).toContain('• invalidRequest: No such campaign.');
		expect(isAccount).toBe(false);
	});

	test.each(['authenticationFailed', 'scopeMismatch', 'noPermission'])(
		'ends red where the account fails: %s',
		async (reason) => {
			const error = { reason, message: 'Refused.', resolution: 'Connect it again.' };
			const { isAccount, why } = await summary({ error });

			expect([isAccount, why]).toEqual([true, 'Refused. Connect it again.']);
			expect(nodeOf(file, 'Stop and Error').parameters.errorMessage).toBe('={{ $json.why }}');
		},
	);

	test('says so where the node let addresses pass', async () => {
		expect((await summary({ email: 'a@example.com', status: 'preview' })).text).toContain(
			'1 passed by without anything done',
		);
	});

	test('looks first, lets each address through once over all nights, and forgets them where one failed', () => {
		const template = JSON.parse(textOf(file)) as Template;
		const from = (name: string) =>
			wires(template)
				.filter((wire) => wire.from === name)
				.map(({ to }) => to);

		expect(nodeOf(file, 'Who Is It Tonight?').parameters).toMatchObject({
			addressesFrom: 'campaigns',
			sentWithinDays: 7,
			returnAll: true,
			previewOnly: true,
		});
		expect(nodeOf(file, 'Not Seen Before').parameters).toMatchObject({
			operation: 'removeItemsSeenInPreviousExecutions',
			options: { scope: 'workflow' },
		});
		expect(nodeOf(file, 'Look at Them Again').parameters).toMatchObject({
			operation: 'clearDeduplicationHistory',
			options: { scope: 'workflow' },
		});
		// Else the summary would not know of which campaign somebody was.
		expect(nodeOf(file, 'Zoho Campaigns Do-Not-Mail').parameters.options).toEqual({
			includeInputFields: true,
		});
		expect(from('Not Seen Before')).toEqual(['Zoho Campaigns Do-Not-Mail']);
		expect(from('Zoho Campaigns Do-Not-Mail')).toEqual([
			'All Together',
			'All Together',
			'Look at Them Again',
		]);
	});
});

test('who keeps opt-outs out of all lists is warned that it is for the whole organization', () => {
	expect(textOf('opt-outs-of-one-list.json')).toContain(
		'Do-Not-Mail is for the whole organization.',
	);
});

test('of one list nobody passes until somebody has said which list is meant', () => {
	const { parameters } = nodeOf('opt-outs-of-one-list.json', 'Of Which Campaigns?');
	const { conditions } = parameters.conditions as { conditions: Array<{ rightValue: string }> };

	// Every name contains an empty text.
	expect(conditions.map(({ rightValue }) => rightValue)).toEqual([
		expect.stringMatching(/^\(replace me: /),
	]);
});
