/** The modules that Zoho's pages on unblocking name, as the list shows them: label and API name. */
export const STANDARD_MODULES = [
	'Accounts (Accounts)',
	'Cases (Cases)',
	'Contacts (Contacts)',
	'Deals (Deals)',
	'Invoices (Invoices)',
	'Leads (Leads)',
	'Purchase Orders (Purchase_Orders)',
	'Quotes (Quotes)',
	'Sales Orders (Sales_Orders)',
];
