import { doNotMail, useFakeZoho, zoho } from '../client';

useFakeZoho();

describe('the form of a contactinfo', () => {
	const quoted = (address: string) => doNotMail(address);
	const unquoted = (address: string) => doNotMail(address, {}, `{Contact Email:${address}}`);

	it.each([
		['both', '0', '0'],
		['quoted', '0', '903'],
		['unquoted', '903', '0'],
	] as const)('that is read: %s', async (form, forQuoted, forUnquoted) => {
		zoho.campaigns.contactInfoForm = form;
		const codes = [await quoted('a@b.c'), await unquoted('d@e.f')].map(
			({ body }) => body.code ?? body.Code,
		);
		expect(codes).toEqual([forQuoted, forUnquoted]);
		expect([zoho.campaigns.has('a@b.c'), zoho.campaigns.has('d@e.f')]).toEqual([
			forQuoted === '0',
			forUnquoted === '0',
		]);
	});

	it('may be refused as an invalid address', async () => {
		Object.assign(zoho.campaigns, { contactInfoForm: 'unquoted', otherFormCode: '2004' });
		expect((await quoted('a@b.c')).body.Code).toBe('2004');
		expect(zoho.campaigns.received).toEqual([]);
	});
});
