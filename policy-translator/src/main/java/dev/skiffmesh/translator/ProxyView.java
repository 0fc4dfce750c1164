package dev.skiffmesh.translator;

import dev.skiffmesh.api.model.ProxyIdentity;
import dev.skiffmesh.translator.plan.InboundPlan;
import dev.skiffmesh.translator.plan.OutboundPlan;

/**
 * What one proxy may see and needs: the only input of its translation. Proxies that differ only in
 * who they are share the plan by reference.
 *
 * @param identity who asks
 * @param outbound what it does with the services that it may see
 * @param inbound what it does with the calls that come in
 * @param scope which of them it is sent
 */
public record ProxyView(
    ProxyIdentity identity, OutboundPlan outbound, InboundPlan inbound, Scope scope) {}
