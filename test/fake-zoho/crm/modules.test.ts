import { addPartners, send, useFakeZoho } from '../client';
import { STANDARD_MODULES } from './modules';

useFakeZoho();

describe('the list of modules', () => {
	it('has the nine standard ones, custom ones that were added, and some that serve nothing', async () => {
		addPartners();
		const { status, body } = await send('/crm/v6/settings/modules', { method: 'GET' });
		expect(status).toBe(200);
		const modules = body.modules as Array<Record<string, unknown>>;
		const names = modules.map((module) => module.api_name);
		expect(names).toEqual(expect.arrayContaining([...STANDARD_MODULES, 'Partners', 'Home']));
		expect(modules.find((module) => module.api_name === 'Partners')).toMatchObject({
			generated_type: 'custom',
			api_supported: true,
			plural_label: 'Partners',
		});
	});

	it('is only for GET', async () => {
		expect((await send('/crm/v8/settings/modules')).body.code).toBe('INVALID_REQUEST_METHOD');
	});
});
