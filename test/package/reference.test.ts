import type { INodeProperties } from 'n8n-workflow';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import * as campaigns from '../../nodes/ZohoCampaignsDoNotMail/properties';
import * as crm from '../../nodes/ZohoCrmUnblockEmail/properties';
import { failure, REASONS, type Reach, type Reason } from '../../nodes/zoho/failures';
import { DATA_CENTERS } from '../../nodes/zoho/hosts';
import { readScopes, scopesFor } from '../../nodes/zoho/scopes';
import { credentialPage, failuresPage, page, readme, rowsOf, section, withoutTicks } from './pages';

/** The choices of a property: name and value. */
const choicesOf = ({ options = [] }: INodeProperties) =>
	options.flatMap((option) =>
		'value' in option ? [{ name: option.name, value: option.value }] : [],
	);

/** A default, as the pages write it. */
function defaultOf(property: INodeProperties): string {
	const { type, default: value } = property;
	if (property.name === 'enabledScopes') return 'all default scopes';
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'resourceLocator') return (value as { value: string }).value || 'empty';
	const chosen = choicesOf(property).filter((choice) => [value].flat().includes(choice.value));
	if (chosen.length > 0) return chosen.map(({ name }) => name).join(', ');
	return value === '' ? 'empty' : String(value).replace(/^=/, '');
}

const nodes = [
	{ name: 'docs/zoho-crm-unblock-email.md', ...crm },
	{ name: 'docs/zoho-campaigns-do-not-mail.md', ...campaigns },
];

describe.each(nodes)('$name', ({ name, PROPERTIES, OPTIONS }) => {
	const text = page(name);
	const parameters = PROPERTIES.filter(
		({ type, displayOptions }) =>
			!['collection', 'notice'].includes(type) && !displayOptions?.show?.['@tool'],
	);

	it.each([
		['Parameter', parameters],
		['Option', OPTIONS],
	])('lists every %s with its default, and none that is not there', (head, properties) => {
		const listed = rowsOf(text, head).map(([name, value]) => [name, withoutTicks(value)]);

		expect(listed).toEqual(
			properties.map((property) => [
				`${property.displayName} (\`${property.name}\`)`,
				defaultOf(property),
			]),
		);
	});

	it.each([...parameters, ...OPTIONS])('names the choices and the range of $name', (property) => {
		const rows = [...rowsOf(text, 'Parameter'), ...rowsOf(text, 'Option')];
		const said = rows.find(([name]) => name?.includes(`(\`${property.name}\`)`))?.[2];
		const { minValue, maxValue } = property.typeOptions ?? {};

		for (const { name } of choicesOf(property)) expect(said).toContain(`*${name}*`);
		if (maxValue !== undefined) expect(said).toContain(`${minValue} to ${maxValue}`);
	});
});

describe('docs/credential.md on its fields', () => {
	const text = section(credentialPage, 'The fields');
	const fields = new ZohoEmailHygieneOAuth2Api().properties.filter(
		({ type, name }) => type !== 'hidden' && type !== 'notice' && name !== 'clientId',
	);

	it('lists every field with its default, and none that is not there', () => {
		const listed = rowsOf(text, 'Field').map(([name, value]) => [name, value]);

		expect(listed).toEqual(
			fields.map((field) => [`${field.displayName} (\`${field.name}\`)`, defaultOf(field)]),
		);
	});

	it('names every data center', () => {
		const said = rowsOf(text, 'Field')[0]?.[2];

		for (const code of Object.keys(DATA_CENTERS)) expect(said).toContain(`\`${code}\``);
	});

	it('says of every default scope what it is for, and of no other', () => {
		const listed = rowsOf(credentialPage, 'Scope').map(([scope]) => withoutTicks(scope));

		expect(listed.sort()).toEqual(scopesFor('both').split(',').sort());
	});

	it('names every scope that custom views take, and no other', () => {
		const cells = rowsOf(credentialPage, 'Scope for custom views').map(([cell = '']) => cell);
		const words = cells.flatMap((cell) =>
			[...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!),
		);
		const scopes = words.map((word) =>
			word.startsWith('ZohoCRM.') ? word : `ZohoCRM.modules.${word}.READ`,
		);

		expect(scopes.sort()).toEqual(readScopes().split(',').sort());
	});
});

describe('docs/failures.md', () => {
	const HITS: Partial<Record<Reach, string>> = {
		record: 'This item',
		call: 'The call',
		account: 'The account',
		rest: 'All not yet sent',
	};
	const rows = rowsOf(section(failuresPage, 'The reasons'), 'Reason');

	it('lists every reason, and none that is not in the catalogue', () => {
		expect(rows.map(([reason]) => withoutTicks(reason))).toEqual(REASONS);
	});

	it.each(REASONS)('says of %s how far it reaches, and what to do', (reason) => {
		const [, node, meaning, cure, hits] = rows.find(([name]) => name === `\`${reason}\``) ?? [];

		expect(['CRM', 'Campaigns', 'Both']).toContain(node);
		expect(meaning).not.toBe('');
		expect(cure).not.toBe('');
		expect(hits).toBe(HITS[failure(reason, { message: '' }).reach]);
	});

	it.each(REASONS)(
		"is backed by a resolution of %s without words that n8n's guidelines avoid",
		(reason) => {
			const { resolution } = failure(reason, { message: '' });

			expect(resolution).not.toMatch(/\b(errors?|problems?|failures?|mistakes?)\b/i);
		},
	);

	it('shows errors that the nodes could emit, word by word', () => {
		const examples = [...(readme + failuresPage).matchAll(/```json\n([^]*?)```/g)]
			.map(([, json = '']) => JSON.parse(json) as { error?: Record<string, unknown> })
			.flatMap(({ error }) => (error ? [error] : []));

		expect(examples).not.toEqual([]);
		for (const error of examples) {
			const { resolution, retryable } = failure(error.reason as Reason, { message: '' });
			expect(error).toMatchObject({ resolution, retryable });
		}
	});
});
