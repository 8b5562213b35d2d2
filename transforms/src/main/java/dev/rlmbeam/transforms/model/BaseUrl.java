package dev.rlmbeam.transforms.model;

import java.util.List;
import java.util.Locale;
import okhttp3.HttpUrl;

/**
 * Where a service is, as people write it, made into the address that is called. The rule: {@code
 * /chat/completions} and slashes at the end are dropped; an address without a path gets {@code
 * /v1}; any other path stands as it is. A query ({@code ?api-version=…}) is kept.
 */
final class BaseUrl {
  static final String DEFAULT = "https://api.openai.com/v1";

  private BaseUrl() {}

  /** The address of chat completions below the base. */
  static HttpUrl chatCompletions(String base) {
    HttpUrl url = HttpUrl.parse(base.strip());
    if (url == null) {
      throw new IllegalArgumentException(
          "the base URL "
              + withoutUserInfo(base)
              + " is no http:// or https:// address; write for example http://localhost:11434/v1");
    }
    if (!url.username().isEmpty() || !url.password().isEmpty()) {
      throw new IllegalArgumentException(
          "the base URL of "
              + url.host()
              + " holds a user name or password; give the key as env:NAME or file:PATH instead");
    }
    for (String name : url.queryParameterNames()) {
      if (name.toLowerCase(Locale.ROOT)
          .matches(".*(key|token|secret|password|signature|sig|auth).*")) {
        throw new IllegalArgumentException(
            "the base URL of "
                + url.host()
                + " holds a secret in its parameter "
                + name
                + "; give the key as env:NAME or file:PATH instead");
      }
    }
    String path = url.encodedPath().replaceAll("/+$", "");
    if (path.endsWith("/chat/completions")) {
      path = path.substring(0, path.length() - "/chat/completions".length());
    }
    if (path.isEmpty()) {
      path = "/v1";
    }
    return url.newBuilder().encodedPath(path + "/chat/completions").fragment(null).build();
  }

  /** True for a service on this machine, which usually wants no key. */
  static boolean isLocal(HttpUrl url) {
    String host = url.host().toLowerCase(Locale.ROOT);
    return host.startsWith("127.")
        || host.endsWith(".localhost")
        || List.of("localhost", "::1", "0.0.0.0", "::", "host.docker.internal").contains(host);
  }

  private static String withoutUserInfo(String base) {
    return base.replaceAll("//[^/@]*@", "//");
  }
}
