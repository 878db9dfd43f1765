/** n8n's guidelines for the texts that the panel shows. */
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { ZohoEmailHygieneOAuth2Api } from '../../credentials/ZohoEmailHygieneOAuth2Api.credentials';
import { ZohoCampaignsDoNotMail } from '../../nodes/ZohoCampaignsDoNotMail/ZohoCampaignsDoNotMail.node';
import { ZohoCrmUnblockEmail } from '../../nodes/ZohoCrmUnblockEmail/ZohoCrmUnblockEmail.node';

const campaigns = new ZohoCampaignsDoNotMail().description;
const nodes = [new ZohoCrmUnblockEmail().description, campaigns];
const credential = new ZohoEmailHygieneOAuth2Api();

const optionsOf = ({ properties }: INodeTypeDescription) =>
	properties.find(({ name }) => name === 'options')!.options as INodeProperties[];

const everyProperty = (properties: INodeProperties[]): INodeProperties[] =>
	properties.flatMap((property) => [
		property,
		...(property.type === 'collection' ? everyProperty(property.options as INodeProperties[]) : []),
	]);
const shown = [...nodes.flatMap(({ properties }) => properties), ...credential.properties]
	.flatMap((property) => everyProperty([property]))
	.filter(({ type }) => type !== 'hidden' && type !== 'notice');

test('names are in title case', () => {
	for (const { displayName } of shown) {
		for (const word of displayName.split(/[ -]/)) {
			expect(word).toMatch(/^\(?([A-Z]|(in|is|to|per|of|and|the)$)/);
		}
	}
});

test('a number that is not a count of what its name says has its unit in the name', () => {
	const numbers = shown.filter(({ type }) => type === 'number');
	const counts = ['callsPerWindow', 'maxParallelRequests', 'maxRetries'];

	for (const { name, displayName } of numbers) {
		if (!counts.includes(name)) expect(displayName).toMatch(/ \((Milliseconds|Minutes|Records)\)$/);
	}
});

test('options that belong together begin with the same word, since n8n sorts them by name', () => {
	for (const node of nodes) {
		const options = optionsOf(node).map(({ displayName }) => displayName);
		expect(options).toEqual([...options].sort((one, other) => one.localeCompare(other)));
	}
	const limits = optionsOf(campaigns).filter(({ name }) => /window|lock|limit/i.test(name));
	expect(limits.length).toBeGreaterThanOrEqual(4);
	for (const { displayName } of limits) expect(displayName).toMatch(/^Limit: /);
});

test('every option has an example in its tooltip', () => {
	const options = nodes.flatMap(optionsOf);

	for (const { name, description: text } of options) {
		expect({ name, text }).toEqual({ name, text: expect.stringContaining('Example: ') });
	}
});

test('descriptions begin with a capital; one sentence has no full stop, several have', () => {
	for (const { description: text = '' } of shown) {
		if (!text) continue;
		expect(text).toMatch(/^[A-Z/]/);
		const sentences = text.split(/[.!?] (?=[A-Z])/).length;
		expect({ text, stop: text.endsWith('.') }).toEqual({ text, stop: sentences > 1 });
	}
});
