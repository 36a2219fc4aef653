// Starts the API reference. Swagger UI comes as it is from a locked package and asks nobody but this server.
const place = document.getElementById("reference");

/** Calls tried here with the session of our own pages need the token that proves they come from a page. */
function addToken(request) {
  if (!request.headers.Authorization) request.headers["X-CSRFToken"] = place.dataset.csrf;
  return request;
}

addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
    requestInterceptor: addToken,
  });
});
