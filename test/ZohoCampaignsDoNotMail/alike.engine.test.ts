import type { IDataObject } from 'n8n-workflow';
import { failure, useStage } from '../support/stage';

const stage = useStage();

let accounts = 0;
const items = Array.from({ length: 60 }, (_, n) => ({ email: `person${n}@example.com` }));

/** Every address but those let in is refused with this. */
async function run(refusal: object, { letIn = [] as string[], options = {} as object } = {}) {
	stage.zoho.fault({
		kind: 'doNotMail',
		status: 200,
		body: JSON.stringify(refusal),
		match: ({ query }) => !letIn.some((email) => query.includes(encodeURIComponent(email))),
		times: Infinity,
	});
	return await stage.run('zohoCampaignsDoNotMail', items, {
		credentialId: stage.connect({}, `alike ${++accounts}`),
		options: { ...options } as never,
	});
}

const unlisted = { Code: '2005', message: 'Group email address added.', status: 'error' };
const reasonsOf = (errors: Array<{ json: IDataObject }>) => {
	const reasons: Record<string, number> = {};
	for (const { json } of errors) {
		const { reason } = failure({ json });
		reasons[String(reason)] = (reasons[String(reason)] ?? 0) + 1;
	}
	return reasons;
};

describe('a refusal of Campaigns that is in no list', () => {
	it('is about its address: the others are let in', async () => {
		const letIn = items.slice(3).map(({ email }) => email);
		const { main, errors } = await run(unlisted, { letIn });

		expect(main).toHaveLength(57);
		expect(errors.map((item) => failure(item))).toEqual(
			items.slice(0, 3).map(({ email }) =>
				expect.objectContaining({
					email,
					code: '2005',
					reason: 'invalidRequest',
					message: 'Group email address added.',
				}),
			),
		);
	});

	it('ends the run where ten in a row are alike: the rest is not attempted', async () => {
		const { main, errors } = await run(unlisted, { options: { maxParallelRequests: 1 } });

		expect(main).toEqual([]);
		expect(reasonsOf(errors)).toEqual({ invalidRequest: 10, notAttempted: 50 });
		expect(stage.zoho.calls('doNotMail')).toHaveLength(10);
		expect(failure(errors[59]).message).toContain('refused 10 addresses in a row in the same way');
	});

	it('ends no run in which an address was let in', async () => {
		const { main, errors } = await run(unlisted, {
			letIn: [items[0]!.email, items[59]!.email],
			options: { maxParallelRequests: 1 },
		});

		expect(main).toHaveLength(2);
		expect(reasonsOf(errors)).toEqual({ invalidRequest: 58 });
	});

	it('names its address under Stop Workflow, and no API version', async () => {
		stage.zoho.fault({ kind: 'doNotMail', status: 200, body: JSON.stringify(unlisted) });
		const { error } = await stage.run('zohoCampaignsDoNotMail', items.slice(0, 1), {
			credentialId: stage.connect({}, `alike ${++accounts}`),
			onError: 'stopWorkflow',
		});

		expect(error?.message).toBe('Address person0@example.com: Group email address added.');
		expect(error?.description).not.toContain('API version');
	});
});
