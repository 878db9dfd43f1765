/** What comes of an edit of the contract, for the tests of its changes. */
import { changes } from './changes';
import { contractOf, current, type Contract, type Field, type NodeVersion } from './contract';

export const contract = contractOf(current);
export const CRM = 'n8n-nodes-zoho-email-hygiene.zohoCrmUnblockEmail';
export const CAMPAIGNS = 'n8n-nodes-zoho-email-hygiene.zohoCampaignsDoNotMail';
export const CREDENTIAL = 'zohoEmailHygieneOAuth2Api';

/** The sentences on what breaks, and on what is new. */
export function edited(edit: (copy: Contract) => void) {
	const copy = structuredClone(contract);
	edit(copy);
	const found = changes(contract, copy);
	const sentences = (breaks: boolean) =>
		found.filter((change) => change.breaks === breaks).map(({ sentence }) => sentence);
	return { breaks: sentences(true), adds: sentences(false) };
}

/** The same for an edit of the only version of the CRM node. */
export const editedNode = (edit: (version: NodeVersion) => void) =>
	edited((copy) => edit(copy.nodes[CRM]!.versions[1]!));

/** The same for one of its parameters or options. */
export const editedField = (
	kind: 'parameters' | 'options',
	name: string,
	edit: (field: Field) => void,
) => editedNode((version) => edit(version[kind][name]!));
