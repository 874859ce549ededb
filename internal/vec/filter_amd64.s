//go:build !noasm

#include "textflag.h"

// applyGeneric and applySomaGeneric in plain Go define what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// FACTORS loads the factors of the filter at AX: Decay1, Decay2, Drop1, Drop2, Gain1, Gain2.
#define FACTORS \
	VBROADCASTSS 0(AX), Y8       \
	VBROADCASTSS 4(AX), Y9       \
	VBROADCASTSS 8(AX), Y10      \
	VBROADCASTSS 12(AX), Y11     \
	VBROADCASTSS 16(AX), Y12     \
	VBROADCASTSS 20(AX), Y13

// FILTER takes a step for 8 neurons, AX bytes from the first, and leaves the trace plus bias in Y2.
// The states are at R8 and R9, u at R10, leaving at R11, bias at R12.
#define FILTER \
	VMOVUPS (R10)(AX*1), Y0         \
	VMOVUPS (R11)(AX*1), Y1         \
	VADDPS  (R8)(AX*1), Y0, Y2      \
	VADDPS  (R9)(AX*1), Y0, Y3      \
	VMULPS  Y2, Y8, Y2              \
	VMULPS  Y3, Y9, Y3              \
	VMULPS  Y1, Y10, Y4             \
	VMULPS  Y1, Y11, Y5             \
	VSUBPS  Y4, Y2, Y2              \
	VSUBPS  Y5, Y3, Y3              \
	VMOVUPS Y2, (R8)(AX*1)          \
	VMOVUPS Y3, (R9)(AX*1)          \
	VMULPS  Y2, Y12, Y2             \
	VMULPS  Y3, Y13, Y3             \
	VADDPS  Y3, Y2, Y2              \
	VADDPS  (R12)(AX*1), Y2, Y2

// func filterSomaAVX2(f *Filter, soma []float32, retain, pull float32, x1, x2, u, leaving []float32, leavingNext int, bias []float32)
TEXT ·filterSomaAVX2(SB), NOSPLIT, $0-168
	MOVQ f+0(FP), AX
	FACTORS
	MOVQ soma_base+8(FP), SI
	VBROADCASTSS retain+32(FP), Y14
	VBROADCASTSS pull+36(FP), Y15
	MOVQ x1_base+40(FP), R8
	MOVQ x1_len+48(FP), CX
	MOVQ x2_base+64(FP), R9
	MOVQ u_base+88(FP), R10
	MOVQ u_len+96(FP), DX
	MOVQ leaving_base+112(FP), R11
	MOVQ leavingNext+136(FP), BX
	MOVQ bias_base+144(FP), R12
	SHLQ $2, CX
	SHLQ $2, BX
	LEAQ (R10)(DX*4), DX     // end of u
	LEAQ (SI)(CX*1), DI      // next
filterSomaStep:
	CMPQ R10, DX
	JGE  filteredSoma
	XORQ AX, AX
filterSoma:
	FILTER
	VMULPS  (SI)(AX*1), Y14, Y3
	VMULPS  Y2, Y15, Y2
	VADDPS  Y2, Y3, Y2
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     filterSoma
	ADDQ    CX, R10
	ADDQ    BX, R11
	MOVQ    DI, SI
	ADDQ    CX, DI
	JMP     filterSomaStep
filteredSoma:
	VZEROUPPER
	RET

// func filterAVX2(f *Filter, v []float32, vNext int, x1, x2, u, leaving []float32, leavingNext int, bias []float32)
TEXT ·filterAVX2(SB), NOSPLIT, $0-168
	MOVQ f+0(FP), AX
	FACTORS
	MOVQ v_base+8(FP), DI
	MOVQ vNext+32(FP), SI
	MOVQ x1_base+40(FP), R8
	MOVQ x1_len+48(FP), CX
	MOVQ x2_base+64(FP), R9
	MOVQ u_base+88(FP), R10
	MOVQ u_len+96(FP), DX
	MOVQ leaving_base+112(FP), R11
	MOVQ leavingNext+136(FP), BX
	MOVQ bias_base+144(FP), R12
	SHLQ $2, CX
	SHLQ $2, SI
	SHLQ $2, BX
	LEAQ (R10)(DX*4), DX     // end of u
filterStep:
	CMPQ R10, DX
	JGE  filtered
	XORQ AX, AX
filter:
	FILTER
	VMOVUPS Y2, (DI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, CX
	JLT     filter
	ADDQ    CX, R10
	ADDQ    BX, R11
	ADDQ    SI, DI
	JMP     filterStep
filtered:
	VZEROUPPER
	RET
