const place = document.getElementById('document');

async function show() {
  const schema = await (await fetch('/asyncapi.json')).json();
  AsyncApiStandalone.render({ schema, config: { show: { errors: true } } }, place);
}

show().catch((error) => {
  place.textContent = `The document could not be shown: ${error.message}`;
});
