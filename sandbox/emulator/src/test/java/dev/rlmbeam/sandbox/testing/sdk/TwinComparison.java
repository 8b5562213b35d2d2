package dev.rlmbeam.sandbox.testing.sdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Holds what our client asks for against what Modal's SDK asks for, field by field. */
final class TwinComparison {
  /**
   * A field that differs, and why it may.
   *
   * @param path of the request and the field
   */
  record Exemption(Pattern path, String reason) {
    Exemption(String path, String reason) {
      this(Pattern.compile(path), reason);
    }
  }

  static final List<Exemption> EXEMPTIONS =
      List.of(
          new Exemption(
              "SandboxCreate(V2)?#1 definition\\.entrypoint_args\\[\\d+]",
              "our sandbox runs the agent, whose code stands in the arguments"),
          new Exemption(
              "SandboxCreateV2#1 ephemeral_secrets(\\.contents\\[\\w+])?",
              "we send the environment in the field that all servers with this RPC know; the values"
                  + " are compared apart from this"),
          new Exemption(
              "SandboxCreateV2#1 secret_sources\\[\\d+](\\.secret_id|\\.env(\\.contents\\[\\w+])?)?",
              "the SDK sends the environment in a newer field, and the named secrets again, which"
                  + " stand in secret_ids too"),
          new Exemption(
              "SecretGetOrCreate#2 env_dict\\[RLM_AGENT_CONFIG]",
              "our agent's own configuration, with its token"),
          new Exemption(
              "SandboxCreate#1 definition\\.secret_ids\\[1]",
              "a secret without a name has a new id each time"));

  private final List<String> differences = new ArrayList<>();
  private final Set<String> reasons = new TreeSet<>();
  private int compared;

  /** One pair more. */
  void add(String name, Twin theirs, Twin ours) {
    Map<String, String> their = theirs.fields();
    Map<String, String> our = ours.fields();
    Set<String> paths = new TreeSet<>(their.keySet());
    paths.addAll(our.keySet());
    for (String path : paths) {
      compared++;
      String theirValue = their.getOrDefault(path, "nothing");
      String ourValue = our.getOrDefault(path, "nothing");
      if (!theirValue.equals(ourValue) && !isExempt(path)) {
        differences.add(
            name + ": " + path + ": the SDK's is " + theirValue + ", ours is " + ourValue);
      }
    }
  }

  private boolean isExempt(String path) {
    for (Exemption one : EXEMPTIONS) {
      if (one.path.matcher(path).matches()) {
        reasons.add(one.reason);
        return true;
      }
    }
    return false;
  }

  /** Those without an exemption. */
  List<String> differences() {
    return differences;
  }

  /** Those of the exemptions that were needed. */
  Set<String> reasons() {
    return reasons;
  }

  /** How many fields were held against each other. */
  int compared() {
    return compared;
  }
}
