fetch('/asyncapi.json')
  .then((answer) => answer.json())
  .then((schema) =>
    AsyncApiStandalone.render({ schema, config: { show: { errors: true } } }, document.getElementById('document')),
  );
