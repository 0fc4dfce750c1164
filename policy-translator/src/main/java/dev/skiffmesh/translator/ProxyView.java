package dev.skiffmesh.translator;

import dev.skiffmesh.api.model.ProxyIdentity;

/**
 * The slice of an evaluation that one proxy may see and needs: the only input of its translation,
 * and so the memo key. Equal views give equal resources; views of proxies that differ only in who
 * they are share their parts by reference.
 *
 * @param identity who asks
 * @param evaluation what there is to see
 */
public record ProxyView(ProxyIdentity identity, Evaluation evaluation) {}
