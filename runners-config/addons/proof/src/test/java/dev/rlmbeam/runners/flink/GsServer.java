package dev.rlmbeam.runners.flink;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * As much of Cloud Storage's JSON interface (its documentation: "Cloud Storage JSON API") as Beam's
 * client uses. A bucket is a folder, an object a file in it. Open from {@link #start} to {@link
 * #close}.
 */
final class GsServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (?:(\\d+)-\\d+|\\*)/(\\S+)");

  private final Path root;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Path> uploads = new ConcurrentHashMap<>();

  /** What is answered: a status, a body with a character a byte, and headers beside its length. */
  private record Answer(int status, String body, Map<String, String> headers) {
    static Answer bytes(int status, byte[] body, Map<String, String> headers) {
      return new Answer(status, new String(body, ISO_8859_1), headers);
    }

    byte[] bytes() {
      return body.getBytes(ISO_8859_1);
    }

    static Answer json(int status, ObjectNode body) {
      return bytes(
          status, body.toString().getBytes(UTF_8), Map.of("Content-Type", "application/json"));
    }

    static Answer error(int status, String reason) {
      ObjectNode error = JSON.createObjectNode();
      ObjectNode inner = error.putObject("error").put("code", status).put("message", reason);
      inner.putArray("errors").addObject().put("reason", reason).put("message", reason);
      return json(status, error);
    }
  }

  private GsServer(Path root, HttpServer http) {
    this.root = root;
    this.http = http;
  }

  /** Serves the folders of a folder as buckets. */
  static GsServer start(Path root) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    GsServer server = new GsServer(root, http);
    http.createContext("/", server::serve);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  /** What {@code --gcsEndpoint} is given. */
  String endpoint() {
    return address() + "/storage/v1/";
  }

  private String address() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    Answer answer;
    try {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new HashMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, all) -> headers.put(name.toLowerCase(Locale.ROOT), all.get(0)));
      URI uri = exchange.getRequestURI();
      answer =
          uri.getPath().startsWith("/batch")
              ? batch(headers.get("content-type"), body)
              : answer(exchange.getRequestMethod(), uri, headers, body);
    } catch (IOException | RuntimeException e) {
      answer = Answer.error(500, e.toString());
    }
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    boolean empty = answer.body().isEmpty();
    exchange.sendResponseHeaders(answer.status(), empty ? -1 : answer.body().length());
    if (!empty) {
      exchange.getResponseBody().write(answer.bytes());
    }
    exchange.close();
  }

  /** Several requests in one, each a part of it. */
  private Answer batch(String type, byte[] body) throws IOException {
    String boundary = type.replaceAll(".*boundary=\"?([^\";]+)\"?.*", "$1");
    StringBuilder answers = new StringBuilder();
    for (String part : new String(body, ISO_8859_1).split(Pattern.quote("--" + boundary), -1)) {
      Matcher id = Pattern.compile("(?i)content-id: *<?([^>\r\n]+)>?").matcher(part);
      Matcher request = Pattern.compile("(GET|POST|DELETE|PUT) (\\S+)").matcher(part);
      if (!request.find()) {
        continue;
      }
      URI uri = URI.create(request.group(2));
      Answer one = answer(request.group(1), uri, Map.of(), new byte[0]);
      answers.append("--answers\r\nContent-Type: application/http\r\n");
      if (id.find()) {
        answers.append("Content-ID: <response-").append(id.group(1)).append(">\r\n");
      }
      answers.append("\r\nHTTP/1.1 ").append(one.status()).append(" Said\r\n");
      answers.append("Content-Type: application/json\r\nContent-Length: ");
      answers.append(one.body().length()).append("\r\n\r\n");
      answers.append(one.body()).append("\r\n");
    }
    answers.append("--answers--\r\n");
    return new Answer(
        200, answers.toString(), Map.of("Content-Type", "multipart/mixed; boundary=answers"));
  }

  private Answer answer(String method, URI uri, Map<String, String> headers, byte[] body)
      throws IOException {
    Map<String, String> query = query(uri);
    List<String> path =
        Arrays.stream(uri.getRawPath().split("/", -1)).map(each -> decode(each)).toList();
    // [, (upload|download,)? storage, v1, b, BUCKET, o, NAME, …]
    int b = path.indexOf("b");
    if (path.get(1).equals("upload")) {
      return upload(method, path.get(b + 1), query, headers, body);
    }
    Path bucket = root.resolve(path.get(b + 1));
    if (path.size() == b + 2) {
      return Answer.json(200, JSON.createObjectNode().put("name", path.get(b + 1)));
    }
    if (path.size() == b + 3) {
      return Answer.json(200, list(path.get(b + 1), bucket, query.getOrDefault("prefix", "")));
    }
    String name = path.get(b + 3);
    Path file = bucket.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Answer.error(404, "notFound");
    }
    if (method.equals("DELETE")) {
      Files.delete(file);
      return new Answer(204, "", Map.of());
    }
    if (method.equals("POST")) {
      Path target = root.resolve(path.get(b + 6)).resolve(path.get(b + 8));
      Files.createDirectories(target.getParent());
      Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      ObjectNode done = JSON.createObjectNode().put("done", true);
      done.set("resource", object(path.get(b + 6), path.get(b + 8), target));
      return Answer.json(200, done);
    }
    return path.get(1).equals("download") || "media".equals(query.get("alt"))
        ? content(file, headers.get("range"))
        : Answer.json(200, object(path.get(b + 1), name, file));
  }

  private static Answer content(Path file, String range) throws IOException {
    byte[] all = Files.readAllBytes(file);
    Matcher asked = RANGE.matcher(range == null ? "" : range);
    if (!asked.matches()) {
      return Answer.bytes(200, all, Map.of("Content-Type", "application/octet-stream"));
    }
    int from = Integer.parseInt(asked.group(1));
    if (from >= all.length) {
      return Answer.error(416, "requestedRangeNotSatisfiable");
    }
    int to = asked.group(2).isEmpty() ? all.length : Integer.parseInt(asked.group(2)) + 1;
    to = Math.min(to, all.length);
    return Answer.bytes(
        206,
        Arrays.copyOfRange(all, from, to),
        Map.of("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + all.length));
  }

  private Answer upload(
      String method,
      String bucket,
      Map<String, String> query,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    if (method.equals("POST")) {
      String name = query.get("name");
      if (name == null) {
        name = JSON.readTree(body).path("name").asText();
      }
      uploads.put(name, Files.createTempFile(root, "upload", ""));
      String location =
          address()
              + "/upload/storage/v1/b/"
              + bucket
              + "/o?upload_id="
              + URLEncoder.encode(name, UTF_8);
      return new Answer(200, "", Map.of("Location", location));
    }
    String name = query.get("upload_id");
    Path part = uploads.get(name);
    Files.write(part, body, StandardOpenOption.APPEND);
    Matcher range = CONTENT_RANGE.matcher(headers.getOrDefault("content-range", "bytes */0"));
    if (!range.matches()) {
      return Answer.error(400, "content-range");
    }
    if (range.group(2).equals("*")) {
      return new Answer(308, "", Map.of("Range", "bytes=0-" + (Files.size(part) - 1)));
    }
    Path file = root.resolve(bucket).resolve(name);
    Files.createDirectories(file.getParent());
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    return Answer.json(200, object(bucket, name, file));
  }

  private static ObjectNode list(String bucketName, Path bucket, String prefix) throws IOException {
    ObjectNode list = JSON.createObjectNode().put("kind", "storage#objects");
    ArrayNode items = list.putArray("items");
    try (Stream<Path> files = Files.walk(bucket)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = bucket.relativize(file).toString();
        if (name.startsWith(prefix)) {
          items.add(object(bucketName, name, file));
        }
      }
    }
    return list;
  }

  private static ObjectNode object(String bucket, String name, Path file) throws IOException {
    String time = Files.getLastModifiedTime(file).toInstant().toString();
    return JSON.createObjectNode()
        .put("kind", "storage#object")
        .put("bucket", bucket)
        .put("name", name)
        .put("size", String.valueOf(Files.size(file)))
        .put("generation", String.valueOf(Files.getLastModifiedTime(file).toMillis()))
        .put("metageneration", "1")
        .put("contentType", "text/plain")
        .put("updated", time)
        .put("timeCreated", time);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&", -1)) {
        String[] sides = pair.split("=", 2);
        query.put(decode(sides[0]), sides.length == 2 ? decode(sides[1]) : "");
      }
    }
    return query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, UTF_8);
  }
}
