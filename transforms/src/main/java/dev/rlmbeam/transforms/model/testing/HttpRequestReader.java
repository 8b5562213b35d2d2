package dev.rlmbeam.transforms.model.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes requests of the bytes of one HTTP/1.1 connection. One thread at a time. */
final class HttpRequestReader {
  private static final int MAX_BYTES = 256 << 20;

  /** One request. Immutable. */
  record Request(String method, String path, Map<String, String> headers, String body) {}

  private byte[] bytes = new byte[8 * 1024];
  private int length;
  // Where the search for the end of the head goes on, so that a slow head is not read again.
  private int searched;

  void add(byte[] more, int count) {
    if (length + count > MAX_BYTES) {
      throw new IllegalArgumentException("a request has more than " + MAX_BYTES + " bytes");
    }
    if (length + count > bytes.length) {
      byte[] grown = new byte[Math.max(2 * bytes.length, length + count)];
      System.arraycopy(bytes, 0, grown, 0, length);
      bytes = grown;
    }
    System.arraycopy(more, 0, bytes, length, count);
    length += count;
  }

  /** True when the client waits for leave to send its body. */
  boolean expectsContinue() {
    int end = headEnd();
    return end == length
        && end > 0
        && headers(head(end)).getOrDefault("expect", "").equalsIgnoreCase("100-continue");
  }

  /** The next whole request, if there is one. */
  Optional<Request> next() {
    int end = headEnd();
    if (end < 0) {
      return Optional.empty();
    }
    String head = head(end);
    Map<String, String> headers = headers(head);
    int[] after = new int[1];
    Optional<String> body =
        headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).contains("chunked")
            ? chunked(end, after)
            : plain(end, Integer.parseInt(headers.getOrDefault("content-length", "0")), after);
    if (body.isEmpty()) {
      return Optional.empty();
    }
    length -= after[0];
    System.arraycopy(bytes, after[0], bytes, 0, length);
    searched = 0;
    String[] line = head.substring(0, head.indexOf("\r\n")).split(" ", 3);
    return Optional.of(new Request(line[0], line.length > 1 ? line[1] : "", headers, body.get()));
  }

  private Optional<String> plain(int start, int size, int[] after) {
    if (length - start < size) {
      return Optional.empty();
    }
    after[0] = start + size;
    return Optional.of(new String(bytes, start, size, StandardCharsets.UTF_8));
  }

  private Optional<String> chunked(int start, int[] after) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = start;
    while (true) {
      int lineEnd = find(at, "\r\n");
      if (lineEnd < 0) {
        return Optional.empty();
      }
      String line = new String(bytes, at, lineEnd - at, StandardCharsets.US_ASCII);
      int size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
      int end = lineEnd + 2 + size + 2;
      if (end > length) {
        return Optional.empty();
      }
      body.write(bytes, lineEnd + 2, size);
      at = end;
      if (size == 0) {
        after[0] = at;
        return Optional.of(body.toString(StandardCharsets.UTF_8));
      }
    }
  }

  private String head(int end) {
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  private int headEnd() {
    int found = find(searched, "\r\n\r\n");
    if (found < 0) {
      searched = Math.max(0, length - 3);
      return -1;
    }
    searched = found;
    return found + 4;
  }

  private int find(int from, String text) {
    for (int i = from; i + text.length() <= length; i++) {
      int j = 0;
      while (j < text.length() && bytes[i + j] == text.charAt(j)) {
        j++;
      }
      if (j == text.length()) {
        return i;
      }
    }
    return -1;
  }

  private static Map<String, String> headers(String head) {
    Map<String, String> headers = new HashMap<>();
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return headers;
  }
}
