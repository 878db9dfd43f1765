import { XMLParser } from 'fast-xml-parser';
import { doNotMail, doNotMailXml, send, useFakeZoho, zoho } from '../client';
import { DO_NOT_MAIL_ERRORS, DO_NOT_MAIL_JSON_SAMPLE, DO_NOT_MAIL_XML_SAMPLE } from '../facts';

useFakeZoho();

describe('contactdonotmail', () => {
	const contact = (address: string) => `<xml><fl val="Contact Email">${address}</fl></xml>`;

	it('moves an address and answers as the page’s JSON sample', async () => {
		const { status, body } = await doNotMail('Person@Example.com');
		expect(status).toBe(200);
		expect(body).toEqual(DO_NOT_MAIL_JSON_SAMPLE);
		expect([...zoho.campaigns.registry]).toEqual([
			['person@example.com', { address: 'Person@Example.com', moved: 1 }],
		]);
	});

	it('moves an address and answers as the page’s XML sample', async () => {
		const { status, text, headers } = await doNotMailXml(contact('person@example.com'));
		expect(status).toBe(200);
		expect(headers.get('content-type')).toContain('text/xml');
		expect(text).toBe(DO_NOT_MAIL_XML_SAMPLE);
		expect(zoho.campaigns.has('PERSON@example.com')).toBe(true);
	});

	it('says with code 0 that an address is in already, whatever its case', async () => {
		zoho.campaigns.add('Person@Example.com');
		const already = { code: '0', message: 'User already in Do-Not-Mail.', status: 'success' };
		expect(await doNotMail('person@example.COM')).toMatchObject({ status: 200, body: already });
		expect((await doNotMailXml(contact('person@example.com'))).text).toContain(
			'<message>User already in Do-Not-Mail.</message>',
		);
		zoho.campaigns.alreadyAs = 'error';
		const { body } = await doNotMail('person@example.com');
		expect(body).toMatchObject({ Code: '0', message: already.message, status: 'error' });
		expect(zoho.campaigns.registry.get('person@example.com')?.moved).toBe(0);
	});

	it('refuses another method than POST and a format that contradicts the path', async () => {
		expect((await doNotMail('a@b.c', { method: 'GET' })).status).toBe(405);
		const contactinfo = encodeURIComponent('{"Contact Email":"a@b.c"}');
		const { body } = await send(
			`/api/v1.1/json/contactdonotmail?resfmt=XML&contactinfo=${contactinfo}`,
		);
		expect(body.Code).toBe('2007');
		expect((await send('/api/v1.1/json/contactunsubscribe')).status).toBe(404);
		expect(zoho.campaigns.registry.size).toBe(0);
	});

	it.each(DO_NOT_MAIL_ERRORS)('answers %s, "%s", for one address', async (code, message) => {
		zoho.campaigns.answer('Bad@Example.com', code, 1);
		const { body } = await doNotMail('bad@example.com');
		expect([body.code ?? body.Code, body.message]).toEqual([code, message]);
		expect((await doNotMail('bad@example.com')).body).toEqual(DO_NOT_MAIL_JSON_SAMPLE);
	});

	it('may nest everything under response, and give errors a status of their own', async () => {
		Object.assign(zoho.campaigns, { nested: true, errorStatus: 400 });
		expect((await doNotMail('a@b.c')).body).toEqual({ response: DO_NOT_MAIL_JSON_SAMPLE });
		expect(await doNotMail('nobody')).toMatchObject({
			status: 400,
			body: { response: { Code: '2004' } },
		});
	});

	it('writes XML that a parser reads', async () => {
		const { text } = await doNotMailXml(contact('nobody'));
		expect(new XMLParser({ parseTagValue: false }).parse(text).response).toEqual({
			code: '2004',
			message: 'Invalid email address pattern.',
		});
	});
});
