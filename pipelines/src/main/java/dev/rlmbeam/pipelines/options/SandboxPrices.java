package dev.rlmbeam.pipelines.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rlmbeam.sandbox.CloudSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a second of a sandbox costs by a price file. It counts what is set aside for the sandbox;
 * Modal bills what is used where that is more, so this is the least that it costs. Immutable.
 *
 * @param coreSecond US dollars for a physical core and second
 * @param gibSecond US dollars for a GiB of memory and second
 * @param gpuSecond US dollars for a GPU and second, by its type in capitals
 */
public record SandboxPrices(double coreSecond, double gibSecond, Map<String, Double> gpuSecond) {
  private static final String CORE = "coreSecondUsd";
  private static final String GIB = "gibSecondUsd";
  private static final String GPU = "gpuSecondUsd";

  /** What Modal sets aside for a sandbox that says nothing else. */
  private static final double DEFAULT_CORES = 0.125;

  private static final double DEFAULT_MIB = 128;

  /**
   * Reads a price file.
   *
   * @throws UsageException that names what is wrong in it
   */
  public static SandboxPrices read(String path) {
    JsonNode root;
    try {
      root = new YAMLMapper().readTree(Files.readString(Path.of(path)));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new UsageException(
          "--sandboxPrices=" + path + ", line " + line + ": this is not valid YAML.", e);
    } catch (IOException e) {
      throw new UsageException("--sandboxPrices=" + path + " cannot be read: " + e, e);
    }
    Set<String> known = Set.of(CORE, GIB, GPU);
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw wrong(path, name + " is no key; there are " + CORE + ", " + GIB + ", " + GPU);
              }
            });
    Map<String, Double> gpus = new TreeMap<>();
    root.path(GPU)
        .fields()
        .forEachRemaining(
            one ->
                gpus.put(
                    one.getKey().toUpperCase(Locale.ROOT),
                    price(path, GPU + "." + one.getKey(), one.getValue())));
    return new SandboxPrices(
        price(path, CORE, root.path(CORE)), price(path, GIB, root.path(GIB)), gpus);
  }

  private static double price(String path, String key, JsonNode value) {
    if (!value.isNumber() || !(value.asDouble() >= 0 && value.asDouble() < 1000)) {
      throw wrong(path, key + " must be a price in US dollars a second, 0 or more");
    }
    return value.asDouble();
  }

  private static UsageException wrong(String path, String what) {
    return new UsageException("--sandboxPrices=" + path + ": " + what + ".");
  }

  /**
   * US dollars for a second of such a sandbox.
   *
   * @throws UsageException when the file does not say what its GPU costs
   */
  public double usdPerSecond(CloudSpec spec) {
    double cores = spec.cpu() == 0 ? DEFAULT_CORES : spec.cpu();
    double mib = spec.memoryMib() == 0 ? DEFAULT_MIB : spec.memoryMib();
    Optional<Map.Entry<String, Integer>> gpu = spec.gpuTypeAndCount();
    double gpus = 0;
    if (gpu.isPresent()) {
      Double one = gpuSecond.get(gpu.get().getKey());
      if (one == null) {
        throw new UsageException(
            "--sandboxPrices says nothing of " + gpu.get().getKey() + " under " + GPU + ".");
      }
      gpus = one * gpu.get().getValue();
    }
    return cores * coreSecond + mib / 1024 * gibSecond + gpus;
  }
}
