/** The oldest n8n that can load the nodes. */
import { NodeConnectionTypes } from 'n8n-workflow';

/**
 * The connection of both nodes. Before n8n 1.85 there is no such name: what n8n says of the TypeError
 * that would come of it is that a class could not be found, and of any other error its own words.
 */
export function mainConnection(): typeof NodeConnectionTypes.Main {
	if ((NodeConnectionTypes as unknown) === undefined) {
		throw new Error('n8n-nodes-zoho-email-hygiene needs n8n 1.85 or newer: please update n8n.');
	}
	return NodeConnectionTypes.Main;
}
