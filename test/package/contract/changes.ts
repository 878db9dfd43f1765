/** What changed between two versions of the contract, and for whom. Pure. */
import { added, keys, lost, one, type Change } from './change';
import type { Contract, CredentialContract, NodeContract, NodeVersion, Output } from './contract';
import { fieldChanges, type Place } from './fieldChanges';

/** Every change: those that break what people have saved, and those that only add to it. */
export function changes(before: Contract, after: Contract): Change[] {
	return [
		...keys(before.nodes, after.nodes).flatMap((type) =>
			nodeChanges(type, before.nodes[type], after.nodes[type]),
		),
		...keys(before.credentials, after.credentials).flatMap((type) =>
			credentialChanges(type, before.credentials[type], after.credentials[type]),
		),
		...reasonChanges(before.reasons, after.reasons),
		...tableChanges(before.sharedTable, after.sharedTable),
	];
}

/** A list: what is gone from it, and what is new in it. */
const listChanges = (
	before: readonly string[],
	after: readonly string[],
	ifGone: (value: string) => Change[],
	ifNew: (value: string) => Change[],
) => [
	...before.filter((value) => !after.includes(value)).flatMap(ifGone),
	...after.filter((value) => !before.includes(value)).flatMap(ifNew),
];

function nodeChanges(type: string, before?: NodeContract, after?: NodeContract): Change[] {
	if (!before) return after ? [added(`The node ${after.label} is new.`, after.label)] : [];
	const { label } = before;
	const why = `n8n finds no node of the type ${type} any more`;
	if (!after) return [lost(`Workflows with ${label} cannot run it: ${why}.`)];
	return keys(before.versions, after.versions).flatMap((number) => {
		const [was, is] = [before.versions[number], after.versions[number]];
		const name = `version ${number} of ${label}`;
		if (!was) return is ? [added(`There is ${one(name)}.`, name)] : [];
		if (!is) return [lost(`Workflows that hold ${name} cannot run it: that version is gone.`)];
		return versionChanges(label, was, is);
	});
}

function versionChanges(of: string, before: NodeVersion, after: NodeVersion): Change[] {
	const parameter: Place = { whose: 'Workflows', kind: 'parameter', of, tool: after.tool };
	return [
		...wiringChanges(of, before, after),
		...fieldChanges(parameter, before.parameters, after.parameters),
		...fieldChanges({ ...parameter, kind: 'option' }, before.options, after.options),
		...keys(before.tool, after.tool).flatMap((name) => toolChanges(of, name, before, after)),
		...keys(before.results, after.results).flatMap((what) =>
			resultChanges(of, what, before.results[what], after.results[what]),
		),
	];
}

/** What the node is wired to: its credential, its inputs and outputs, agents. */
function wiringChanges(of: string, before: NodeVersion, after: NodeVersion): Change[] {
	const ends = (['inputs', 'outputs'] as const).flatMap((name) => {
		const [were, are] = [String(before[name]), String(after[name])];
		const what = `Workflows are wired to the ${name} of ${of}`;
		return were === are ? [] : [lost(`${what}, which were ${were} and are ${are} now.`)];
	});
	const credentials = listChanges(
		before.credentials,
		after.credentials,
		(type) => {
			const whose = `Workflows that have chosen a credential of the type ${type} in ${of}`;
			return [lost(`${whose} stop working: it takes none any more.`)];
		},
		(type) => [added(`${of} takes credentials of the type ${type}.`, type)],
	);
	const isTool = `${of} can be the tool of an agent.`;
	return [
		...ends,
		...credentials,
		...(before.isTool && !after.isTool ? [lost(`Agents that have ${of} as a tool lose it.`)] : []),
		...(!before.isTool && after.isTool ? [added(isTool, 'AI Agent')] : []),
	];
}

function toolChanges(of: string, name: string, before: NodeVersion, after: NodeVersion): Change[] {
	const [type, now] = [before.tool[name], after.tool[name]];
	if (type === now) return [];
	if (type === undefined) {
		return [added(`As the tool of an agent ${of} has ${name}.`, 'AI Agent', `\`${name}\``)];
	}
	const what = `it was of the type ${type} and is ${now ?? 'gone'} now`;
	return [lost(`Agents with a tool that sets ${name} of ${of} lose it: ${what}.`)];
}

function resultChanges(of: string, what: string, before?: Output, after?: Output): Change[] {
	const kind = what.replace('failed ', '');
	if (!before) return [added(`${of} gives results of a new kind: ${what}.`, kind)];
	if (!after) return [lost(`Workflows that go on with ${one(what)} from ${of} get none any more.`)];
	const from = `${one(what)} from ${of}`;
	return [
		...keys(before.keys, after.keys).flatMap((key) =>
			keyChanges(key, from, before.keys[key], after.keys[key]),
		),
		...listChanges(
			before.statuses ?? [],
			after.statuses ?? [],
			(status) => [
				lost(
					`Workflows that look for the status "${status}" of ${from} look in vain: none has it.`,
				),
			],
			(status) => [added(`The status of ${from} can be "${status}".`, `\`${status}\``)],
		),
	];
}

function keyChanges(key: string, from: string, before?: string, after?: string): Change[] {
	const what = `{{ $json.${key} }} of ${from}`;
	const name = `\`${key.replace('error.', '')}\``;
	if (before === after) return [];
	if (before === undefined) return [added(`There is ${what}.`, name)];
	if (after === undefined) {
		return [lost(`Workflows that read ${what} find nothing there: the key is gone.`)];
	}
	const known = before.split(' | ');
	const news = after.split(' | ').filter((type) => !known.includes(type));
	if (news.length === 0) return [added(`${what} is always ${after} now.`, name)];
	const finds = `${news.join(' or ')} where they rely on ${known.join(' or ')}`;
	return [lost(`Workflows that read ${what} can find ${finds}.`)];
}

function credentialChanges(
	type: string,
	before?: CredentialContract,
	after?: CredentialContract,
): Change[] {
	if (!before) return after ? [added(`The credential ${after.label} is new.`, after.label)] : [];
	const { label: of } = before;
	if (!after)
		return [lost(`Credentials of the type ${type} (${of}) are lost: there is none such.`)];
	const servers = Object.entries(before.tokensFrom).flatMap(([center, was]) => {
		const is = after.tokensFrom[center];
		const whose = `Credentials with the data center "${center}" cannot renew their tokens`;
		return is === was ? [] : [lost(`${whose}: they come from ${was}, and are asked of ${is} now.`)];
	});
	return [
		...fieldChanges({ whose: 'Credentials', kind: 'field', of }, before.fields, after.fields),
		...servers,
		...Object.entries(before.scopes).flatMap(([services, scopes]) =>
			// Services that are gone are told as a choice that is.
			scopeChanges(services, scopes, after.scopes[services] ?? scopes),
		),
	];
}

function scopeChanges(services: string, before: string[], after: string[]): Change[] {
	const whose = `Credentials for "${services}" that are connected again`;
	return listChanges(
		before,
		after,
		(scope) => [lost(`${whose} are not granted ${scope} any more: what needs it is refused.`)],
		(scope) => [added(`${whose} ask for ${scope} as well.`, scope)],
	);
}

function reasonChanges(before: string[], after: string[]): Change[] {
	return listChanges(
		before,
		after,
		(reason) => {
			const whose = `Workflows that compare {{ $json.error.reason }} with "${reason}"`;
			return [lost(`${whose} never take that branch again: no failure has this reason any more.`)];
		},
		(reason) => [added(`A failure can have the reason "${reason}".`, `\`${reason}\``)],
	);
}

type Table = Contract['sharedTable'];

/** The table is made once and stays: a column cannot be added later without harm either. */
function tableChanges(before: Table, after: Table): Change[] {
	if (!before && after) {
		return [added(`Processes share a limit by the Data Table "${after.name}".`, after.name)];
	}
	if (!before) return [];
	if (after?.name !== before.name) {
		const where = `in the Data Table "${before.name}", and now in "${after?.name ?? 'none'}"`;
		const harm = "while both versions run, or after a restart, Zoho's limit is broken";
		return [lost(`n8n processes that share a limit counted their calls ${where}: ${harm}.`)];
	}
	return keys(before.columns, after.columns).flatMap((column) => {
		const [type, now] = [before.columns[column], after.columns[column]];
		if (type === now) return [];
		const has = `${type === undefined ? 'without' : `with`} the column "${column}"`;
		const is = now === undefined ? 'is gone' : `takes the type ${now}`;
		const harm = 'runs fail, in one version or the other, until somebody deletes the table';
		const whose = 'Whoever shares a limit with all processes';
		return [lost(`${whose} has the Data Table "${before.name}" ${has}, which ${is} now: ${harm}.`)];
	});
}
