"""The π³ network: permutation-equivariant visual geometry, written anew from the published description."""
