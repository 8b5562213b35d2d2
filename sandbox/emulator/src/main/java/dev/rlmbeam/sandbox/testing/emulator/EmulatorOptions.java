package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.local.LocalIsolation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a {@link ModalEmulator} is to be. Immutable.
 *
 * @param port of 127.0.0.1 for Modal's service; default 0: any that is free
 * @param isolation of the processes that sandboxes are; default {@link LocalIsolation#AUTO}
 * @param workFolder for sandboxes' folders and the certificate, with a short path; default the
 *     system's temporary folder
 * @param tokenId whom it lets in; default one that is made up at the start
 * @param tokenSecret the same; default as above
 * @param authTokenLifetime of the tokens that {@code AuthTokenGet} gives; at least 1 s, default 20
 *     min
 * @param idempotencyWindow how long a creation is remembered by its idempotency key; default 10 min
 * @param strictFields whether a request with a field that is not in our part of Modal's service is
 *     refused; in any case it is recorded; default true
 * @param secrets those that have a name, each with its variables; default none
 * @param proxies their names; default none
 * @param environments of the workspace; the first is the default one; default {@code main}
 * @param regions that a sandbox may ask for; default some of Modal's
 * @param imageBuildTime how long a layer that is not cached takes; default none
 * @param tunnelLatency added to what goes through tunnels, each way; default none
 * @param listPageSize sandboxes in one answer of a list; default 100
 * @param faults from the start, see {@link Fault}; default none
 * @param seed of the dice that say what a fault with a rate strikes; default 1
 */
public record EmulatorOptions(
    int port,
    LocalIsolation isolation,
    Optional<Path> workFolder,
    Optional<String> tokenId,
    Optional<String> tokenSecret,
    Duration authTokenLifetime,
    Duration idempotencyWindow,
    boolean strictFields,
    Map<String, Map<String, String>> secrets,
    List<String> proxies,
    List<String> environments,
    List<String> regions,
    Duration imageBuildTime,
    Duration tunnelLatency,
    int listPageSize,
    List<Fault> faults,
    long seed) {

  private static final List<String> REGIONS =
      List.of(
          "us",
          "us-east",
          "us-east-1",
          "us-west",
          "us-west-2",
          "us-central",
          "eu",
          "eu-west",
          "eu-west-1",
          "eu-north",
          "ap",
          "ap-south",
          "ap-northeast",
          "uk",
          "ca",
          "jp");

  public EmulatorOptions {
    check(port >= 0 && port < 65_536, "port must be from 0 to 65535, but was " + port);
    check(
        authTokenLifetime.toSeconds() >= 1,
        "authTokenLifetime must be at least 1 s, but was " + authTokenLifetime);
    check(!idempotencyWindow.isNegative(), "idempotencyWindow must be >= 0");
    check(!imageBuildTime.isNegative(), "imageBuildTime must be >= 0");
    check(!tunnelLatency.isNegative(), "tunnelLatency must be >= 0");
    check(listPageSize > 0, "listPageSize must be > 0, but was " + listPageSize);
    check(!environments.isEmpty(), "there must be an environment");
    check(
        tokenId.filter(id -> !id.startsWith("ak-")).isEmpty(),
        "tokenId must begin with ak-, as Modal's do");
    check(
        tokenSecret.filter(secret -> !secret.startsWith("as-")).isEmpty(),
        "tokenSecret must begin with as-, as Modal's do");
    secrets = Map.copyOf(secrets);
    proxies = List.copyOf(proxies);
    environments = List.copyOf(environments);
    regions = List.copyOf(regions);
    faults = List.copyOf(faults);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** All defaults. */
  public static EmulatorOptions defaults() {
    return new Builder().build();
  }

  /** To be changed from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "EmulatorOptions[port=" + port + ", isolation=" + isolation + ", faults=" + faults + "]";
  }

  /** Changes one thing at a time; {@code build()} can be called again. Not thread-safe. */
  public static final class Builder {
    private int port;
    private LocalIsolation isolation = LocalIsolation.AUTO;
    private Optional<Path> workFolder = Optional.empty();
    private Optional<String> tokenId = Optional.empty();
    private Optional<String> tokenSecret = Optional.empty();
    private Duration authTokenLifetime = Duration.ofMinutes(20);
    private Duration idempotencyWindow = Duration.ofMinutes(10);
    private boolean strictFields = true;
    private final Map<String, Map<String, String>> secrets = new TreeMap<>();
    private List<String> proxies = List.of();
    private List<String> environments = List.of("main");
    private List<String> regions = REGIONS;
    private Duration imageBuildTime = Duration.ZERO;
    private Duration tunnelLatency = Duration.ZERO;
    private int listPageSize = 100;
    private List<Fault> faults = List.of();
    private long seed = 1;

    private Builder() {}

    /** See {@link EmulatorOptions#port()}. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** See {@link EmulatorOptions#isolation()}. */
    public Builder isolation(LocalIsolation value) {
      isolation = value;
      return this;
    }

    /** See {@link EmulatorOptions#workFolder()}. */
    public Builder workFolder(Path value) {
      workFolder = Optional.of(value);
      return this;
    }

    /** See {@link EmulatorOptions#tokenId()}. */
    public Builder tokenId(String value) {
      tokenId = Optional.of(value);
      return this;
    }

    /** See {@link EmulatorOptions#tokenSecret()}. */
    public Builder tokenSecret(String value) {
      tokenSecret = Optional.of(value);
      return this;
    }

    /** See {@link EmulatorOptions#authTokenLifetime()}. */
    public Builder authTokenLifetime(Duration value) {
      authTokenLifetime = value;
      return this;
    }

    /** See {@link EmulatorOptions#idempotencyWindow()}. */
    public Builder idempotencyWindow(Duration value) {
      idempotencyWindow = value;
      return this;
    }

    /** See {@link EmulatorOptions#strictFields()}. */
    public Builder strictFields(boolean value) {
      strictFields = value;
      return this;
    }

    /** Adds one; see {@link EmulatorOptions#secrets()}. */
    public Builder secret(String name, Map<String, String> variables) {
      secrets.put(name, Map.copyOf(variables));
      return this;
    }

    /** See {@link EmulatorOptions#proxies()}. */
    public Builder proxies(List<String> value) {
      proxies = value;
      return this;
    }

    /** See {@link EmulatorOptions#environments()}. */
    public Builder environments(List<String> value) {
      environments = value;
      return this;
    }

    /** See {@link EmulatorOptions#regions()}. */
    public Builder regions(List<String> value) {
      regions = value;
      return this;
    }

    /** See {@link EmulatorOptions#imageBuildTime()}. */
    public Builder imageBuildTime(Duration value) {
      imageBuildTime = value;
      return this;
    }

    /** See {@link EmulatorOptions#tunnelLatency()}. */
    public Builder tunnelLatency(Duration value) {
      tunnelLatency = value;
      return this;
    }

    /** See {@link EmulatorOptions#listPageSize()}. */
    public Builder listPageSize(int value) {
      listPageSize = value;
      return this;
    }

    /** See {@link EmulatorOptions#faults()}. */
    public Builder faults(List<Fault> value) {
      faults = value;
      return this;
    }

    /** See {@link EmulatorOptions#seed()}. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * All of it.
     *
     * @throws IllegalArgumentException that names what is out of range
     */
    public EmulatorOptions build() {
      return new EmulatorOptions(
          port,
          isolation,
          workFolder,
          tokenId,
          tokenSecret,
          authTokenLifetime,
          idempotencyWindow,
          strictFields,
          secrets,
          proxies,
          environments,
          regions,
          imageBuildTime,
          tunnelLatency,
          listPageSize,
          faults,
          seed);
    }
  }
}
