package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.local.LocalIsolation;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The emulator's command line. */
record EmulatorArguments(EmulatorOptions options, boolean endWithStdin, boolean help) {
  static final String HELP =
      """
      Modal's sandboxes on this machine: prints one line of JSON (serverUrl, caCertificate, tokenId,
      tokenSecret) and runs until it is ended. Sandboxes are local processes.

        --port=0                     port of 127.0.0.1; 0 is any that is free
        --localIsolation=auto        auto, bubblewrap or none (none: the code runs with all your rights)
        --tokenId=ak-…               whom it lets in; made up if not given
        --tokenSecret=as-…
        --workFolder=FOLDER          for sandboxes' folders and the certificate
        --authTokenLifetime=1200     seconds
        --strictFields=true          whether a request with an unknown field is refused
        --secret=NAME:KEY=VALUE,…    a secret with a name; can be repeated
        --proxy=NAME                 a proxy; can be repeated
        --region=NAME                a region instead of Modal's; can be repeated
        --environment=NAME           an environment beside main; can be repeated
        --imageBuildTime=0           seconds that a layer takes which is not cached
        --tunnelLatency=0            milliseconds, each way
        --fault=KIND:NAME=VALUE,…    what goes wrong on purpose; can be repeated:
            rpc-slow:rpc=SandboxCreate*,delay=2s
            rpc-fail:rpc=SandboxWaitV2,code=UNAVAILABLE,when=before|after
            rpc-throttle:rpc=SandboxCreateV2,retryAfter=500ms
            create-rate:perSecond=5
            tunnel-drop:after=2s    tunnel-502    tunnel-stall:after=2s
            sandbox-evict:after=5s    sandbox-terminate:after=5s
            auth-clock-skew:by=1m
          each with rate=0.1 (of calls, connections or sandboxes) and times=N if wanted
        --seed=1                     of the dice for rates
        --endWithStdin               ends with the end of stdin, too
      """;

  /**
   * Reads {@code --name=value} and {@code --name value}.
   *
   * @throws IllegalArgumentException that says what is wrong
   */
  static EmulatorArguments parse(String[] args) {
    EmulatorOptions.Builder options = EmulatorOptions.builder();
    List<Fault> faults = new ArrayList<>();
    List<String> proxies = new ArrayList<>();
    List<String> regions = new ArrayList<>();
    List<String> environments = new ArrayList<>(List.of("main"));
    boolean endWithStdin = false;
    for (int i = 0; i < args.length; i++) {
      String name = args[i].split("=", 2)[0];
      if (name.equals("--help")) {
        return new EmulatorArguments(EmulatorOptions.defaults(), false, true);
      }
      if (args[i].equals("--endWithStdin")) {
        endWithStdin = true;
        continue;
      }
      String value;
      if (args[i].contains("=")) {
        value = args[i].substring(name.length() + 1);
      } else if (i + 1 < args.length && isOption(name)) {
        value = args[++i];
      } else {
        throw unknown(name, isOption(name) ? " needs a value" : " is no option of the emulator");
      }
      try {
        switch (name) {
          case "--port" -> options.port(whole(value));
          case "--localIsolation" -> options.isolation(isolation(value));
          case "--tokenId" -> options.tokenId(value);
          case "--tokenSecret" -> options.tokenSecret(value);
          case "--workFolder" -> options.workFolder(Path.of(value));
          case "--authTokenLifetime" -> options.authTokenLifetime(seconds(value));
          case "--strictFields" -> options.strictFields(truth(value));
          case "--secret" -> addSecret(options, value);
          case "--proxy" -> proxies.add(value);
          case "--region" -> regions.add(value);
          case "--environment" -> environments.add(value);
          case "--imageBuildTime" -> options.imageBuildTime(seconds(value));
          case "--tunnelLatency" -> options.tunnelLatency(Duration.ofMillis(whole(value)));
          case "--fault" -> faults.add(Fault.parse(value));
          case "--seed" -> options.seed(whole(value));
          default -> throw unknown(name, " is no option of the emulator");
        }
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(name + ": this is no path: " + value, e);
      } catch (IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        throw message.startsWith("--") ? e : new IllegalArgumentException(name + ": " + message, e);
      }
    }
    options.faults(faults).proxies(proxies).environments(environments);
    if (!regions.isEmpty()) {
      options.regions(regions);
    }
    return new EmulatorArguments(options.build(), endWithStdin, false);
  }

  private static boolean isOption(String name) {
    return HELP.contains("  " + name + "=");
  }

  private static IllegalArgumentException unknown(String name, String what) {
    return new IllegalArgumentException(name + what + "; --help shows all");
  }

  private static int whole(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("this is no whole number: " + text, e);
    }
  }

  private static Duration seconds(String text) {
    try {
      double seconds = Double.parseDouble(text);
      if (seconds >= 0 && seconds < 1e6) {
        return Duration.ofMillis(Math.round(seconds * 1000));
      }
    } catch (NumberFormatException e) {
      // the same answer
    }
    throw new IllegalArgumentException("this is no number of seconds: " + text);
  }

  private static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("this is neither true nor false: " + text);
    }
    return text.equals("true");
  }

  private static LocalIsolation isolation(String text) {
    return Arrays.stream(LocalIsolation.values())
        .filter(one -> one.name().equals(text.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "this is none of "
                        + Arrays.stream(LocalIsolation.values())
                            .map(one -> one.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))
                        + ": "
                        + text));
  }

  private static void addSecret(EmulatorOptions.Builder options, String text) {
    String[] parts = text.split(":", 2);
    Map<String, String> variables = new LinkedHashMap<>();
    for (String pair : parts.length == 2 ? parts[1].split(",", -1) : new String[] {""}) {
      String[] sides = pair.split("=", 2);
      if (sides.length != 2 || !sides[0].matches("[a-zA-Z_][a-zA-Z0-9_]*") || parts[0].isEmpty()) {
        // Not the text itself: it holds a secret.
        throw new IllegalArgumentException("a secret is NAME:KEY=VALUE,KEY=VALUE");
      }
      variables.put(sides[0], sides[1]);
    }
    options.secret(parts[0], variables);
  }
}
