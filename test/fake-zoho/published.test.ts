import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { send, unblock, useFakeZoho, withToken, zoho, type Answer } from './client';
import {
	DO_NOT_MAIL_ERRORS,
	DO_NOT_MAIL_JSON_SAMPLE,
	DO_NOT_MAIL_XML_SAMPLE,
	ERROR_SCHEMA,
	MODULES_SCHEMA,
	UNBLOCK_ERRORS,
	UNBLOCK_SUCCESS_SCHEMA,
} from './facts';

useFakeZoho();

// The published pages and files know of no other style.
beforeEach(() => {
	zoho.crm.style = 'allOrNothing';
});

/** Replies of the CRM, one of each shape. */
async function crmReplies() {
	zoho.crm.add('Leads', ['1', '2', '3']);
	zoho.crm.add('Leads', '5', { email: 'hard' });
	const single = '/crm/v8/Leads/1/actions/unblock_email';
	const successes = [
		await unblock(['2', '3']),
		await send(single, { body: '{"unblock_fields":["Email"]}' }),
	];
	const errors = [
		await unblock(['5']),
		await unblock([]),
		await unblock(['1'], { fields: ['Phone'] }),
		await unblock(['1'], { headers: {} }),
		await unblock(['1'], { path: '/crm/v8/Leeds/actions/unblock_email' }),
		await unblock(['1'], { path: '/crm/v9/Leads/actions/unblock_email' }),
	];
	zoho.crm.style = 'indexed';
	for (const indexBy of ['json_path', 'resource_path_index', 'id'] as const) {
		zoho.crm.indexBy = indexBy;
		errors.push(await unblock(['9']));
	}
	zoho.crm.maxIds = 1;
	errors.push(await unblock(['1', '2']));
	const modules = await send('/crm/v8/settings/modules', { method: 'GET' });
	expect(successes.map(({ status }) => status)).toEqual([200, 200]);
	return { successes, errors, modules };
}

function newAjv(): Ajv {
	// OpenAPI's own words (`example`, `format: int32`, …) are no JSON Schema.
	return addFormats(new Ajv({ strict: false, allErrors: true }));
}

function expectValid(validate: ValidateFunction | undefined, { body }: Answer): void {
	expect(validate).toBeDefined();
	validate?.(body);
	expect(validate?.errors ?? []).toEqual([]);
}

describe('by the copy of the facts', () => {
	it('the CRM’s replies have the published shapes', async () => {
		const { successes, errors, modules } = await crmReplies();
		const ajv = newAjv();
		for (const reply of successes) expectValid(ajv.compile(UNBLOCK_SUCCESS_SCHEMA), reply);
		for (const reply of errors) expectValid(ajv.compile(ERROR_SCHEMA), reply);
		expectValid(ajv.compile(MODULES_SCHEMA), modules);
	});

	it.each(UNBLOCK_ERRORS)('the CRM says %s, HTTP %i: %s', async (code, status, message) => {
		zoho.crm.add('Leads', 'hard', { email: 'hard' });
		zoho.crm.add('Leads', 'worn', { timesUnblocked: 5 });
		zoho.crm.add('Leads', 'unblocked', { email: 'unblocked' });
		const both = ['Email', 'Secondary_Email'];
		const answers = [
			await unblock(['1'], { fields: ['Phone'] }),
			await unblock(['none']),
			await unblock(['1'], { path: '/crm/v6/Tasks/actions/unblock_email', fields: both }),
			await unblock(['worn']),
			await unblock(['hard']),
			await unblock(['unblocked']),
			await unblock([]),
			await send('/crm/v6/Leads/actions/unblock_email', { method: 'GET' }),
			await unblock(['1'], { path: '/crm/v6/Leeds/actions/unblock_email' }),
			await unblock(['1'], withToken(zoho.oauth.issue({ scopes: 'ZohoCRM.x' }).access_token)),
			await unblock(['1'], { headers: {} }),
			await unblock(['1'], { path: '/crm/v6/Leads/actions' }),
		];
		expect(answers).toContainEqual(
			expect.objectContaining({ status, body: expect.objectContaining({ code, message }) }),
		);
	});
});

const REFERENCE = join(__dirname, '../../../shared/reference');
const whereReferenceIs = existsSync(REFERENCE) ? describe : describe.skip;

whereReferenceIs('by Zoho’s own files', () => {
	const read = (name: string) => readFileSync(join(REFERENCE, name), 'utf8');

	/**
	 * A published file, fit for checking: references to files that are not at hand allow anything,
	 * and an error's lists of codes and messages are dropped, for they lack most of those that the
	 * page names (NOT_ALLOWED and MANDATORY_NOT_FOUND among them).
	 */
	function addPublished(ajv: Ajv, name: string): void {
		const document: unknown = JSON.parse(read(`${name}.openapi.json`), (key, value) => {
			if (typeof value?.$ref === 'string' && value.$ref.startsWith('https:')) return {};
			if (key === 'API_Exception' || key === 'Resource_Path_API_Exception') {
				delete value.properties.code.enum;
				delete value.properties.message.enum;
			}
			return value;
		});
		ajv.addSchema(document as object, name);
	}

	it('the CRM’s replies are what the v8 files say', async () => {
		const { successes, errors, modules } = await crmReplies();
		const ajv = newAjv();
		addPublished(ajv, 'zoho-crm-unblock-email.v8');
		addPublished(ajv, 'zoho-crm-modules.v8');
		const schema = (name: string, pointer: string) => ajv.getSchema(`${name}#${pointer}`);

		const path = '/paths/~1crm~1v8~1%7Bmodule%7D~1actions~1unblock_email/post/responses';
		const reply200 = `${path}/200/content/application~1json/schema`;
		const reply400 = `${path}/400/content/application~1json/schema`;
		for (const reply of successes) {
			expectValid(schema('zoho-crm-unblock-email.v8', reply200), reply);
		}
		for (const reply of errors) expectValid(schema('zoho-crm-unblock-email.v8', reply400), reply);
		// The single record's 400 is "one of" two schemas of which every object fits both.
		const single = await send('/crm/v8/Leads/9/actions/unblock_email', {
			body: '{"unblock_fields":["Email"]}',
		});
		const withIndex = '/components/schemas/Resource_Path_API_Exception';
		expectValid(schema('zoho-crm-unblock-email.v8', withIndex), single);
		expectValid(schema('zoho-crm-modules.v8', '/components/schemas/Response_Wrapper'), modules);
	});

	it('the copy of the facts is what the pages say', () => {
		const crm = read('zoho-crm-unblock-email.v6.txt');
		for (const [code, status, message] of UNBLOCK_ERRORS) {
			expect(crm).toContain(`${code}HTTP ${status}\n${message}\n`);
		}
		const campaigns = read('zoho-campaigns-do-not-mail.v1.1.txt');
		for (const [code, message] of DO_NOT_MAIL_ERRORS) expect(campaigns).toContain(code + message);
		expect(campaigns).toContain(JSON.stringify(DO_NOT_MAIL_JSON_SAMPLE, null, 2));
		expect(campaigns).toContain(DO_NOT_MAIL_XML_SAMPLE);
		const { items } = MODULES_SCHEMA.properties.modules;
		const published = JSON.parse(read('zoho-crm-modules.v8.openapi.json'));
		expect(items.required).toEqual(published.components.schemas.modules.required);
	});
});
