/** Node parameters: read as seldom as possible, and checked against what the panel says of them. */
import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import { messageOf, shown } from '../run/words';
import { failure, isFailure, type Failure, type Reason } from '../zoho/failures';

/**
 * Makes a reader of one parameter: an expression is resolved for each item (at 150 to 330 µs), anything
 * else is read once. Where the expression is one field of the item, and the item holds a text there,
 * that text is what n8n would come to, and is taken from the item.
 *
 * @param extractValue for a resource locator: read its value, not its mode
 * @param byDefault the value where the node has none, as where the parameter is hidden
 * @returns the value for an item; throws n8n's ExpressionError where the expression cannot be resolved
 */
export function parameterReader(
	context: IExecuteFunctions,
	name: string,
	{ extractValue = false, byDefault }: { extractValue?: boolean; byDefault?: unknown } = {},
): (item: number) => unknown {
	const read = (item: number) => context.getNodeParameter(name, item, byDefault, { extractValue });
	const parameter = context.getNode().parameters[name];
	const field = fieldIn(parameter);
	if (field !== undefined) {
		const items = context.getInputData();
		return (item) => textIn(items[item]?.json, field) ?? read(item);
	}
	if (holdsExpression(parameter)) return read;
	let value: { read: unknown } | undefined;
	return (item) => (value ??= { read: read(item) }).read;
}

const ONE_FIELD =
	/^=\{\{\s*\$json(?:\.([A-Za-z_]\w*)|\[\s*"([^"'\\{}$`\r\n]+)"\s*\]|\[\s*'([^"'\\{}$`\r\n]+)'\s*\])\s*\}\}$/;

/** Names that n8n forbids in expressions, in one version or another, be it as a part of a longer one. */
const FORBIDDEN =
	/__|constructor|prototype|mainModule|binding|_load|prepareStackTrace|caller|callee|arguments|getBuiltinModule|dlopen|execve|loadEnvFile|getOwnProperty|defineProper|PrototypeOf/i;

/** The field of the item that an expression is, where it is nothing else: `{{ $json.email }}`. */
function fieldIn(parameter: unknown): string | undefined {
	const found = typeof parameter === 'string' ? ONE_FIELD.exec(parameter) : null;
	const field = found?.slice(1).find((name) => name !== undefined);
	return field === undefined || FORBIDDEN.test(field) ? undefined : field;
}

/** The text that an item holds in a field of its own; numbers, dates and all else are n8n's to read. */
function textIn(json: IDataObject | undefined, field: string): string | undefined {
	if (json === undefined || !Object.hasOwn(json, field)) return undefined;
	const value = json[field];
	return typeof value === 'string' ? value : undefined;
}

function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}

/**
 * The node's options, with the defaults of their descriptions for those left out. n8n keeps to a
 * description's range and choices in the panel only, not for an expression: so they are checked.
 *
 * A failure and not an error, since n8n lets the input of a node that throws leave by its main output
 * when On Error is set to go on.
 *
 * @param described the options as described to the panel
 * @returns the options; where one cannot be used, the defaults and a failure that says what it takes
 */
export function readOptions<T extends object>(
	context: IExecuteFunctions,
	described: INodeProperties[],
): { options: T; problem?: Failure } {
	const options: IDataObject = {};
	for (const { name, default: value } of described) options[name] = value as IDataObject[string];
	const defaults = { ...options } as T;
	try {
		const given = context.getNodeParameter('options', 0, {}) as IDataObject;
		for (const property of described) {
			const checked = check(property, given[property.name] ?? options[property.name], 'option');
			if (isFailure(checked)) return { options: defaults, problem: checked };
			options[property.name] = checked.value as IDataObject[string];
		}
		return { options: options as T };
	} catch (error) {
		return { options: defaults, problem: unresolved('invalidRequest', error) };
	}
}

/**
 * Makes a reader of a parameter that is checked as an option is, for each item.
 *
 * @param described the properties of the node, with the parameter among them
 * @returns for an item its value, or the failure of that item
 */
export function checkedReader(
	context: IExecuteFunctions,
	described: INodeProperties[],
	name: string,
): (item: number) => { value: unknown } | Failure {
	const property = described.find((one) => one.name === name)!;
	const read = parameterReader(context, name, { byDefault: property.default });
	return (item) => {
		try {
			const checked = check(property, read(item), 'parameter');
			return isFailure(checked) ? { ...checked, reach: 'record' } : checked;
		} catch (error) {
			return { ...unresolved('invalidRequest', error), reach: 'record' };
		}
	};
}

/** A value as its property takes it, a number in a text as that number; or why it takes none such. */
function check(
	property: INodeProperties,
	given: unknown,
	kind: 'option' | 'parameter',
): { value: unknown } | Failure {
	const value = property.type === 'number' && isNumeric(given) ? Number(given) : given;
	const takes = whatItTakes(property, value);
	if (takes === undefined) return { value };
	const is = typeof given === 'number' ? String(given) : shown(given) || 'empty';
	return failure('invalidRequest', {
		message: `The ${kind} "${property.displayName}" takes ${takes}, and is ${is}.`,
		resolution: `Correct the ${kind}, or the expression that it comes from.`,
	});
}

/** The failure of a parameter whose expression n8n could not resolve. */
export function unresolved(reason: Reason, error: unknown): Failure {
	return failure(reason, {
		message: `An expression could not be resolved: ${messageOf(error)}`,
		resolution: 'Correct the expression, or the item that it reads from.',
	});
}

/** The failure of an item in which something stands that cannot even be looked at. */
export function unreadable(reason: Reason, error: unknown): Failure {
	return failure(reason, {
		message: `The item could not be read: ${messageOf(error)}`,
		resolution: 'Have the node before this one give plain JSON.',
	});
}

const isNumeric = (value: unknown) => typeof value === 'string' && value.trim() !== '';

/** What an option takes, if the value is none of it. */
function whatItTakes(property: INodeProperties, value: unknown): string | undefined {
	if (property.type === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false';
	if (property.type === 'number') {
		const {
			minValue = -Infinity,
			maxValue = Infinity,
			numberPrecision,
		} = property.typeOptions ?? {};
		const whole = numberPrecision === 0;
		// What is no number is not finite.
		const number = value as number;
		const fits = Number.isFinite(number) && number >= minValue && number <= maxValue;
		if (fits && (!whole || Number.isInteger(number))) return undefined;
		const range =
			maxValue === Infinity ? `of ${minValue} or more` : `from ${minValue} to ${maxValue}`;
		return `a ${whole ? 'whole ' : ''}number ${range}`;
	}
	const choices = (property.options as INodePropertyOptions[]).map((option) => option.value);
	return choices.includes(value as string) ? undefined : `one of ${choices.join(', ')}`;
}
