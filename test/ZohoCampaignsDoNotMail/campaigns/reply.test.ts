import { fc } from '../../support/fc';
import {
	ofReading,
	readCampaigns,
	readRecipients,
	readTestPhase,
	recipientsRequest,
} from '../../../nodes/ZohoCampaignsDoNotMail/campaigns/reply';
import { failure, isFailure } from '../../../nodes/zoho/failures';

const reply = (body: unknown, httpStatus = 200) => ({
	httpStatus,
	headers: {},
	body: typeof body === 'string' ? body : JSON.stringify(body),
});

const success = (more: object) => reply({ status: 'success', code: '0', ...more });
const refusal = (Code: string, message = 'No.') => reply({ Code, message, status: 'error' });

it('a call for recipients asks for JSON, 500 rows, from a row on', () => {
	const { method, path, scope } = recipientsRequest('3z&a', 'spamComplaint', 501, 7);

	expect([method, path]).toEqual([
		'POST',
		'/api/v1.1/getcampaignrecipientsdata?resfmt=JSON&campaignkey=3z%26a&action=spamcontacts&fromindex=501&range=500',
	]);
	expect(scope).toBe('ZohoCampaigns.campaign.READ ("Read Campaigns" in the credential)');
});

describe('a page of recipients', () => {
	const rows = (...list: unknown[]) => success({ list_of_details: list });

	it('has their addresses, by either name; "null" is none', () => {
		expect(
			readRecipients(
				rows(
					{ contactemailaddress: 'a@b.c', contactfn: 'null' },
					{ contact_email: 'd@e.f' },
					{ contactemailaddress: 'null' },
				),
			),
		).toEqual(['a@b.c', 'd@e.f', '']);
	});

	it.each([
		['the code 200', { code: '200', status: 'success' }],
		['no code', { status: 'success' }],
		['the code alone', { code: 0 }],
		['neither', {}],
	])('may come with %s', (_, head) => {
		const list = { list_of_details: [{ contactemailaddress: 'a@b.c' }] };

		expect(readRecipients(reply({ ...head, ...list }))).toEqual(['a@b.c']);
		expect(readRecipients(reply({ response: { ...head, ...list } }))).toEqual(['a@b.c']);
	});

	it('is empty behind the last row, be it told with 6303 or by a list without rows', () => {
		expect(readRecipients(refusal('6303'))).toEqual([]);
		expect(readRecipients(reply('<response><code>6303</code></response>'))).toEqual([]);
		expect(readRecipients(rows())).toEqual([]);
	});

	it.each([
		['no list', success({})],
		['a text in place of the list', success({ list_of_details: '{a=b}' })],
		['one row in place of the list', success({ list_of_details: { contactemailaddress: 'a' } })],
		['a row that is a text', rows('a@b.c')],
		['a row with no address', rows({ contactemailaddress: 'a@b.c' }, { email: 'd@e.f' })],
		['XML', reply('<response><status>success</status><code>0</code></response>')],
		['HTML', reply('<html>')],
		['nothing', reply('')],
		['a status without content', reply('', 204)],
	])('with %s is refused, and never taken for an empty one', (_, given) => {
		expect(readRecipients(given)).toMatchObject({ reason: 'badResponse' });
	});

	it.each([
		['6002', 'invalidRequest'],
		['6601', 'invalidRequest'],
		['6607', 'noPermission'],
		['6101', 'invalidRequest'],
		['2008', 'rateLimited'],
	])('is refused with %s', (code, reason) => {
		expect(readRecipients(refusal(code))).toMatchObject({ reason, code });
	});

	it('is what it is whatever a reply holds: rows, or a failure', () => {
		fc.assert(
			fc.property(fc.json(), fc.constantFrom(200, 204, 400, 401, 500), (body, status) => {
				const read = readRecipients(reply(body, status));
				const isKnownEmpty = /6303|"list_of_details"\s*:\s*\[\s*\]/.test(body);
				expect(isFailure(read) || read.length > 0 || isKnownEmpty).toBe(true);
			}),
		);
	});
});

describe('a page of campaigns', () => {
	const row = (more: object = {}) => ({
		campaign_key: '3z1',
		campaign_name: 'Spring',
		campaigntype: 'normal',
		campaign_status: 'Sent',
		sent_time: '1796083200000',
		...more,
	});
	const read = (...list: unknown[]) => readCampaigns(success({ recent_campaigns: list }));

	it('has their keys, names and when they were sent', () => {
		expect(read(row())).toEqual([
			{ key: '3z1', name: 'Spring', isTest: false, sentAt: 1796083200000, isSent: true },
		]);
	});

	it.each(['abtesting', 'ABTesting', 'AB Testing'])('knows an A/B test by its type %s', (type) => {
		expect(read(row({ campaigntype: type }))).toMatchObject([{ isTest: true }]);
	});

	it.each(['null', '', '12 Dec 2026', undefined])(
		'does not guess when one was sent: %s',
		(sent_time) => {
			expect(read(row({ sent_time }))).toMatchObject([{ sentAt: undefined }]);
		},
	);

	it.each(['Draft', 'scheduled', 'In Review'])('knows that %s is not sent', (campaign_status) => {
		expect(read(row({ campaign_status }))).toMatchObject([{ isSent: false }]);
	});

	it('is empty behind the last one, and refused in another shape', () => {
		expect(readCampaigns(refusal('6101'))).toEqual([]);
		expect(read(row(), { campaign_name: 'no key' })).toMatchObject({ reason: 'badResponse' });
		expect(readCampaigns(success({ recent_campaigns: '{range=5}' }))).toMatchObject({
			reason: 'badResponse',
		});
	});
});

describe('the test phase of an A/B test', () => {
	const read = (split: unknown) => readTestPhase(success({ 'AB-split-details': split }));

	it('has two keys', () => {
		expect(read([{ a_child_campaignkey: '3za', b_child_campaignkey: '3zb' }])).toEqual([
			'3za',
			'3zb',
		]);
	});

	it.each([
		[[]],
		[undefined],
		[[{ a_child_campaignkey: '3za' }]],
		[[{ a_child_campaignkey: 'null', b_child_campaignkey: 'x' }]],
	])('is refused where it has another shape: %j', (split) => {
		expect(read(split)).toMatchObject({ reason: 'badResponse' });
	});
});

describe('a failure of reading', () => {
	it('says what could not be read, leaves nothing in doubt, and accuses no address', () => {
		const lost = failure('networkError', { message: 'Cut off.' });
		const of = (code: string) => {
			const read = readRecipients(refusal(code));
			return isFailure(read) ? ofReading(read, 'The list') : undefined;
		};

		expect(ofReading(lost, 'The list')).toMatchObject({
			message: 'The list could not be read: Cut off.',
			doubtful: false,
		});
		for (const code of ['2004', '2006', '903', '6601', '6002']) {
			const { reason, resolution } = of(code)!;
			expect(reason).toBe('invalidRequest');
			expect(resolution).not.toContain('address in the data');
			expect(resolution.includes('no such campaign')).toBe(code === '6002');
		}
		expect(of('6607')?.resolution).toContain('reports of this campaign');
	});
});
