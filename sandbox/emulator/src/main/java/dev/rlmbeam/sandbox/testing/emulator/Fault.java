package dev.rlmbeam.sandbox.testing.emulator;

import io.grpc.Status;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Something that goes wrong on purpose, as text {@code KIND:NAME=VALUE,…}, such as {@code
 * rpc-fail:rpc=SandboxCreate*,code=UNAVAILABLE,times=2}; where commas separate whole faults, write
 * colons in place of them. Immutable.
 *
 * <table>
 * <caption>Kinds, what each does, and the names that it takes beside {@code rate} and {@code times}
 * </caption>
 * <tr><td>{@code rpc-slow}</td><td>calls are answered later</td><td>rpc, delay</td></tr>
 * <tr><td>{@code rpc-fail}</td><td>calls fail</td><td>rpc, code (UNAVAILABLE), when ({@code before}
 * the work, or {@code after} it)</td></tr>
 * <tr><td>{@code rpc-throttle}</td><td>calls are put off, with Modal's retry policy</td><td>rpc,
 * retryAfter (0.5s)</td></tr>
 * <tr><td>{@code create-rate}</td><td>sandboxes beyond a rate are put off</td><td>perSecond,
 * retryAfter (1/perSecond)</td></tr>
 * <tr><td>{@code tunnel-drop}</td><td>connections are reset</td><td>after (0s)</td></tr>
 * <tr><td>{@code tunnel-502}</td><td>connections answer their first request with 502</td><td></td>
 * </tr>
 * <tr><td>{@code tunnel-stall}</td><td>connections take bytes and pass none</td><td>after (0s)</td>
 * </tr>
 * <tr><td>{@code sandbox-evict}</td><td>sandboxes end, as of their use of memory</td><td>after</td>
 * </tr>
 * <tr><td>{@code sandbox-terminate}</td><td>sandboxes are terminated</td><td>after</td></tr>
 * <tr><td>{@code auth-clock-skew}</td><td>auth tokens that are good look as if they had ended so
 * long ago</td><td>by</td></tr>
 * </table>
 *
 * @param kind one of those
 * @param values what goes with it: {@code rate} is the part of all calls, connections or sandboxes
 *     that it strikes (1), {@code times} how often in all (no bound); spans are such as {@code
 *     500ms}, {@code 2s}, {@code 1m}; {@code rpc} is a name, which may end in {@code *} (all)
 */
public record Fault(Kind kind, Map<String, String> values) {
  private static final Pattern SPAN = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m)");
  private static final Set<String> CHANCE = Set.of("rate", "times");

  /** What goes wrong. */
  public enum Kind {
    /** Calls are answered later. */
    RPC_SLOW("rpc-slow", "rpc", "delay!"),
    /** Calls fail. */
    RPC_FAIL("rpc-fail", "rpc", "code", "when"),
    /** Calls are put off. */
    RPC_THROTTLE("rpc-throttle", "rpc", "retryAfter"),
    /** Sandboxes beyond a rate are put off. */
    CREATE_RATE("create-rate", "perSecond!", "retryAfter"),
    /** Connections are reset. */
    TUNNEL_DROP("tunnel-drop", "after"),
    /** Connections answer with 502. */
    TUNNEL_502("tunnel-502"),
    /** Connections take bytes and pass none. */
    TUNNEL_STALL("tunnel-stall", "after"),
    /** Sandboxes are evicted. */
    SANDBOX_EVICT("sandbox-evict", "after!"),
    /** Sandboxes are terminated. */
    SANDBOX_TERMINATE("sandbox-terminate", "after!"),
    /** Auth tokens look expired. */
    AUTH_CLOCK_SKEW("auth-clock-skew", "by!");

    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody changes
    private final List<String> names;

    Kind(String text, String... names) {
      this.text = text;
      this.names = List.of(names);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  public Fault {
    values = Map.copyOf(values);
    for (String name : values.keySet()) {
      if (!CHANCE.contains(name)
          && !kind.names.contains(name)
          && !kind.names.contains(name + "!")) {
        throw new IllegalArgumentException(
            kind + " has no " + name + "; it has " + names(kind) + "rate, times");
      }
    }
    for (String name : kind.names) {
      if (name.endsWith("!") && !values.containsKey(name.substring(0, name.length() - 1))) {
        throw new IllegalArgumentException(kind + " needs " + name.replace("!", "="));
      }
    }
    check(values, "rate", text -> number(text) >= 0 && number(text) <= 1, "from 0 to 1");
    check(values, "times", text -> number(text) >= 1 && number(text) % 1 == 0, "1, 2 and so on");
    check(values, "perSecond", text -> number(text) > 0, "above 0");
    check(values, "when", Set.of("before", "after")::contains, "before or after");
    check(values, "code", Fault::isFailure, "a gRPC status code other than OK");
    for (String span : List.of("delay", "after", "retryAfter", "by")) {
      check(values, span, text -> SPAN.matcher(text).matches(), "such as 500ms, 2s or 1m");
    }
  }

  private interface Rule {
    boolean allows(String text);
  }

  private static void check(Map<String, String> values, String name, Rule rule, String allowed) {
    String text = values.get(name);
    if (text != null && !rule.allows(text)) {
      throw new IllegalArgumentException(name + " must be " + allowed + ", but was " + text);
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return -1; // no value that anything allows
    }
  }

  private static boolean isFailure(String text) {
    return Arrays.stream(Status.Code.values())
        .anyMatch(code -> code != Status.Code.OK && code.name().equals(text));
  }

  private static String names(Kind kind) {
    return kind.names.stream()
        .map(name -> name.replace("!", "") + ", ")
        .collect(Collectors.joining());
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public static Fault parse(String text) {
    String[] parts = text.split(":", 2);
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(one -> one.text.equals(parts[0]))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no fault "
                            + parts[0]
                            + "; there are "
                            + Arrays.stream(Kind.values())
                                .map(Kind::toString)
                                .collect(Collectors.joining(", "))));
    Map<String, String> values = new LinkedHashMap<>();
    if (parts.length == 2 && !parts[1].isEmpty()) {
      for (String pair : parts[1].split("[,:]", -1)) {
        String[] sides = pair.split("=", 2);
        if (sides.length != 2 || sides[1].isEmpty()) {
          throw new IllegalArgumentException("not NAME=VALUE in " + text + ": " + pair);
        }
        values.put(sides[0].strip(), sides[1].strip());
      }
    }
    return new Fault(kind, values);
  }

  double rate() {
    return Double.parseDouble(values.getOrDefault("rate", "1"));
  }

  int times() {
    return (int) Double.parseDouble(values.getOrDefault("times", "" + Integer.MAX_VALUE));
  }

  double perSecond() {
    return Double.parseDouble(values.getOrDefault("perSecond", "1"));
  }

  Status.Code code() {
    return Status.Code.valueOf(values.getOrDefault("code", "UNAVAILABLE"));
  }

  boolean afterTheWork() {
    return "after".equals(values.get("when"));
  }

  Duration span(String name, Duration otherwise) {
    Matcher matcher = SPAN.matcher(values.getOrDefault(name, ""));
    if (!matcher.matches()) {
      return otherwise;
    }
    double unit =
        switch (matcher.group(2)) {
          case "ms" -> 1e6;
          case "s" -> 1e9;
          default -> 60e9;
        };
    return Duration.ofNanos((long) (Double.parseDouble(matcher.group(1)) * unit));
  }

  boolean concerns(String rpc) {
    String name = values.getOrDefault("rpc", "*");
    return name.endsWith("*")
        ? rpc.startsWith(name.substring(0, name.length() - 1))
        : rpc.equals(name);
  }

  @Override
  public String toString() {
    return kind
        + values.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(value -> value.getKey() + "=" + value.getValue())
            .collect(Collectors.joining(",", ":", ""));
  }
}
