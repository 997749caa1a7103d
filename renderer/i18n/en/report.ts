/** Text of reports. */
export const report = {
  'key.report': 'Make a report',
  'report.make': 'Report…',
  'report.menu': 'Format of the report',
  'report.html': 'HTML page',
  'report.html.text': 'to read, one file, no script',
  'report.pdf': 'PDF',
  'report.pdf.text': 'to file and to print',
  'report.markdown': 'Markdown',
  'report.markdown.text': 'for a ticket',
  'report.csv': 'CSV',
  'report.csv.text': 'steps as rows',
  'report.json': 'JSON',
  'report.json.text': 'for other programs',
  'report.making': 'Making the report…',
  'report.saved': '{name} was handed to the downloads.',
} as const;
