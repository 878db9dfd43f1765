import { doNotMail, doNotMailXml, send, useFakeZoho, zoho } from '../client';
import { DO_NOT_MAIL_JSON_SAMPLE, DO_NOT_MAIL_XML_SAMPLE } from '../facts';

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

describe('a contactinfo', () => {
	const contact = (address: string) => `<xml><fl val="Contact Email">${address}</fl></xml>`;

	it('reads the page’s own JSON sample, unquoted, and its XML sample, without contactinfo=', async () => {
		const json = '?resfmt=JSON&contactinfo=%7BContact+Email%3Axxx%40zohocorp.com%7D';
		expect((await send(`/api/v1.1/json/contactdonotmail${json}`)).body).toEqual(
			DO_NOT_MAIL_JSON_SAMPLE,
		);
		const xml = '?resfmt=XML&<xml><fl val="Contact Email">xxx@zoho.com</fl></xml>';
		expect((await send(`/api/v1.1/xml/contactdonotmail${xml}`)).text).toBe(DO_NOT_MAIL_XML_SAMPLE);
		expect(zoho.campaigns.received).toEqual(['xxx@zohocorp.com', 'xxx@zoho.com']);
	});

	it.each([
		'plain@example.com',
		'plus+tag@example.com',
		"o'neil@example.com",
		'"quoted, local"@example.com',
		'"a}b{"@example.com',
		'用户@例子.广告',
		'a&b<c@example.com',
		'one@localhost',
	])('takes the address %s in both formats as it is', async (address) => {
		expect((await doNotMail(address)).body.code).toBe('0');
		const escaped = address.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
		expect((await doNotMailXml(contact(escaped))).text).toContain('already');
		expect(zoho.campaigns.received).toEqual([address, address]);
		expect(zoho.campaigns.injected).toEqual([]);
	});

	it.each(['', 'nobody', '@example.com', 'a@', 'a b@example.com', 'a@exam ple.com', 'a@b@c'])(
		'refuses %j, which is no address',
		async (address) => {
			const { status, body } = await doNotMail(address);
			expect(status).toBe(200);
			expect(body).toEqual({
				message: 'Invalid email address pattern.',
				version: '1.1',
				URI: '/api/v1.1/json/contactdonotmail',
				Code: '2004',
				status: 'error',
			});
			expect(zoho.campaigns.registry.size).toBe(0);
		},
	);

	it('takes an unescaped plus for a blank', async () => {
		const { body } = await send(
			'/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo={"Contact Email":"a+b@c.de"}',
		);
		expect(body.Code).toBe('2004');
		expect(zoho.campaigns.received).toEqual(['a b@c.de']);
	});

	it('reads no body, and misses what is mandatory', async () => {
		const contactinfo = '{"Contact Email":"a@b.c"}';
		for (const body of [
			new URLSearchParams({ resfmt: 'JSON', contactinfo }),
			JSON.stringify({ contactinfo }),
		]) {
			const answer = await send('/api/v1.1/json/contactdonotmail', { body });
			expect(answer.body).toMatchObject({ Code: '903', message: 'Mandatory fields are missing' });
		}
		const xml = await doNotMailXml('<xml><fl val="Contact Email">a@b.c</xml>');
		expect(xml.text).toContain('<code>903</code>');
		expect(xml.text).not.toContain('status');
		expect(zoho.campaigns.registry.size).toBe(0);
	});

	it('keeps apart what an address has added to the contactinfo', async () => {
		const unquoted = (address: string) =>
			send(
				`/api/v1.1/json/contactdonotmail?${new URLSearchParams({ contactinfo: `{Contact Email:${address}}` })}`,
			);
		await unquoted('a@b.c,Last Name:Mallory');
		await doNotMailXml(`${contact('d@e.f').replace('</xml>', '')}<fl val="City">X</fl></xml>`);
		await doNotMailXml(contact('g@h.i</fl><fl val="Contact Email">other@h.i'));
		expect(zoho.campaigns.injected).toEqual([
			['Last Name', 'Mallory'],
			['City', 'X'],
			['Contact Email', 'other@h.i'],
		]);
		expect(zoho.campaigns.received).toEqual(['a@b.c', 'd@e.f', 'g@h.i']);
	});

	it('takes nothing in XML for a number', async () => {
		expect((await doNotMailXml(contact('0012'))).text).toContain('<code>2004</code>');
		expect(zoho.campaigns.received).toEqual(['0012']);
	});
});
