package dev.rlmbeam.pipelines.scale;

/**
 * What the models' service takes in a minute, from all workers together. Immutable.
 *
 * @param requests a minute; 0 for no limit
 * @param tokens a minute; 0 for no limit
 */
record ModelQuota(double requests, double tokens) {

  /** Elements a second that it lets through; infinite without a limit. */
  double elementsPerSecond(Calls calls) {
    return Math.min(
        perSecond(requests, (double) calls.each()), perSecond(tokens, calls.tokensEach()));
  }

  private static double perSecond(double perMinute, double each) {
    return perMinute == 0 || each == 0 ? Double.POSITIVE_INFINITY : perMinute / 60 / each;
  }

  ModelQuota times(double share) {
    return new ModelQuota(requests * share, tokens * share);
  }

  /** A bucket of one call: calls start evenly, first come, first served. One thread at a time. */
  static final class Bucket {
    private final double secondsPerRequest;
    private final double secondsPerToken;
    private double requestsFree;
    private double tokensFree;

    Bucket(ModelQuota quota) {
      secondsPerRequest = quota.requests() == 0 ? 0 : 60 / quota.requests();
      secondsPerToken = quota.tokens() == 0 ? 0 : 60 / quota.tokens();
    }

    /** When a call may start that is wanted now. */
    double take(double now, double tokens) {
      double start = Math.max(now, Math.max(requestsFree, tokensFree));
      requestsFree = start + secondsPerRequest;
      tokensFree = start + tokens * secondsPerToken;
      return start;
    }
  }
}
