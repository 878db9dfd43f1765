/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { XMLParser } from 'fast-xml-parser';
import { get, request, type IncomingMessage } from 'node:http';
import { doNotMailXml, token, unblock, until, useFakeZoho, zoho } from './client';

useFakeZoho();

const isDone = (id = '1') => zoho.crm.get('Leads', id)?.email === 'unblocked';

describe('a reply that drips', () => {
	/** The list of modules, as its reply begins and as its parts come. */
	const listInParts = async (parts: string[]) => {
		const headers = { authorization: `Bearer ${token}` };
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			get(`${zoho.url}/crm/v8/settings/modules`, { headers }, resolve).once('error', reject);
		});
		return response.setEncoding('utf8').on('data', (part: string) => parts.push(part));
	};

	it('comes in small parts to its end, with its length told before, and the work done', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ drip: { bytes: 20, everyMs: 1 } });
		const { status, body, headers, text } = await unblock(['1']);
		expect(status).toBe(200);
		expect(body).toMatchObject({ data: [{ code: 'SUCCESS' }] });
		expect(headers.get('content-length')).toBe(String(text.length));
		expect(isDone()).toBe(true);
	});

	it('sends its head at once, and then part after part', async () => {
		zoho.crm.modules.splice(1);
		zoho.fault({ drip: { bytes: 100, everyMs: 1 } });
		const parts: string[] = [];
		const response = await listInParts(parts);
		expect(response.statusCode).toBe(200);
		await until(() => response.complete);
		expect(parts.length).toBeGreaterThan(3);
		expect(JSON.parse(parts.join('')).modules).toHaveLength(1);
	});

	it('may go on for ever with blanks, until the client goes', async () => {
		zoho.crm.modules.splice(1);
		zoho.fault({ drip: { bytes: 1000, everyMs: 1, endless: true } });
		const parts: string[] = [];
		const response = await listInParts(parts);
		await until(() => parts.join('').endsWith(' '.repeat(3000)));
		expect(JSON.parse(parts.join('')).modules).toHaveLength(1);
		expect(response.complete).toBe(false);
		expect(response.headers).not.toHaveProperty('content-length');
		response.destroy();
		await until(() => zoho.requests[0]?.endedAt !== undefined);
	});
});

describe('a reply that is swollen', () => {
	it('is JSON of so many megabytes that says the same', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ megabytes: 2 });
		const { status, body, text } = await unblock(['1']);
		expect(status).toBe(200);
		expect(text.length).toBeGreaterThan(2_000_000);
		expect(text.length).toBeLessThan(2_001_000);
		expect(body.data).toMatchObject([{ code: 'SUCCESS', details: { id: '1' } }]);
	});

	it('is XML of so many megabytes that says the same', async () => {
		zoho.fault({ megabytes: 1 });
		const { text } = await doNotMailXml('<xml><fl val="Contact Email">a@b.c</fl></xml>');
		expect(text.length).toBeGreaterThan(1_000_000);
		expect(new XMLParser({ parseTagValue: false }).parse(text).response).toMatchObject({
			code: '0',
			message: 'User successfully moved to Do-Not-Mail.',
		});
	});
});

describe('a refusal on the way', () => {
	it('asks for a proxy’s credentials, and the work is not done', async () => {
		zoho.crm.add('Leads', '1');
		zoho.fault({ status: 407, headers: { 'proxy-authenticate': 'Basic realm="proxy"' } });
		// `fetch` hides a 407 from its caller.
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const headers = { authorization: `Bearer ${token}` };
			request(
				`${zoho.url}/crm/v8/Leads/1/actions/unblock_email`,
				{ method: 'POST', headers },
				resolve,
			)
				.once('error', reject)
				.end('{"unblock_fields":["Email"]}');
		});
		response.resume();
		expect(response.statusCode).toBe(407);
		expect(response.headers['proxy-authenticate']).toBe('Basic realm="proxy"');
		expect(isDone()).toBe(false);
	});
});
