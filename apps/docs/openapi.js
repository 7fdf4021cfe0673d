SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#document',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
  // Events are sent to another service, which answers no pages.
  supportedSubmitMethods: ['get'],
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
});
