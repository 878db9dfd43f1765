import { send, unblock, useFakeZoho, zoho } from '../client';
import { crmError } from './expected';

useFakeZoho();

describe('a call that is refused before its records are looked at', () => {
	it.each([
		['an empty body', ''],
		['no JSON', 'unblock_fields=Email'],
		['no fields', '{"ids":["1"]}'],
		['empty fields', '{"unblock_fields":[],"ids":["1"]}'],
		['no ids', '{"unblock_fields":["Email"]}'],
		['empty ids', '{"unblock_fields":["Email"],"ids":[]}'],
	])('misses what is mandatory: %s', async (_what, body) => {
		const answer = await send('/crm/v8/Leads/actions/unblock_email', { body });
		expect(answer).toMatchObject({
			status: 400,
			body: { code: 'MANDATORY_NOT_FOUND', message: 'required field not found', status: 'error' },
		});
	});

	it.each(['{"unblock_fields":"Email","ids":["1"]}', '{"unblock_fields":["Email"],"ids":[1]}'])(
		'has no array of strings where one belongs: %s',
		async (body) => {
			zoho.crm.add('Leads', '1');
			const answer = await send('/crm/v8/Leads/actions/unblock_email', { body });
			expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_DATA' } });
		},
	);

	it('names a field that is unknown, or that the module has not', async () => {
		expect(await unblock(['9'], { fields: ['Phone'] })).toMatchObject({
			status: 400,
			body: { code: 'NOT_ALLOWED', message: 'unknown field provided' },
		});
		zoho.crm.fieldsOf = () => ['Email'];
		expect(await unblock(['9'], { fields: ['Email', 'Secondary_Email'] })).toMatchObject(
			crmError('NOT_ALLOWED', 'SECONDARY_EMAIL field not available for module'),
		);
		zoho.crm.fieldsOf = () => [];
		expect(await unblock(['9'], { fields: ['Email', 'Secondary_Email'] })).toMatchObject(
			crmError('NOT_ALLOWED', 'EMAIL, SECONDARY_EMAIL field not available for module'),
		);
	});

	it('has a wrong method, URL or module', async () => {
		const path = '/crm/v8/Leads/actions/unblock_email';
		const METHOD = 'The http request method type is not a valid one';
		expect(await send(path, { method: 'GET' })).toMatchObject(
			crmError('INVALID_REQUEST_METHOD', METHOD),
		);
		expect(await send(path, { method: 'PUT', body: '{}' })).toMatchObject(
			crmError('INVALID_REQUEST_METHOD', METHOD),
		);
		const URL_PATTERN = 'Please check if the URL trying to access is a correct one';
		for (const wrong of ['/crm/v5/Leads/actions/unblock_email', '/crm/v8/Leads/actions/unblock']) {
			expect(await unblock(['1'], { path: wrong })).toMatchObject(
				crmError('INVALID_URL_PATTERN', URL_PATTERN, {}, 404),
			);
		}
		const MODULE = 'The module name given seems to be invalid';
		for (const module of ['Leeds', 'leads', 'Home']) {
			const answer = await unblock(['1'], { path: `/crm/v8/${module}/actions/unblock_email` });
			expect(answer).toMatchObject(crmError('INVALID_MODULE', MODULE, { resource_path_index: 0 }));
		}
	});
});
